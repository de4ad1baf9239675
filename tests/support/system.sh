# shellcheck shell=bash
# Helpers of the system tests. Source it first: it makes a working directory that goes away with the script.
#
# The environment names the programs under test (set by ctest): BOUNCEWATCH, GENERATE_POSTFIX_LOG.
# A script ends with 0 (the behaviour was seen), 77 (it cannot be tried here) or anything else.

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${BOUNCEWATCH:?path of the program under test}"
work=$(mktemp -d "${TMPDIR:-/tmp}/bouncewatch-test.XXXXXX")
daemon_pid=

clean_up() {
  local jobs
  jobs=$(jobs -p)
  # shellcheck disable=SC2086
  [ -z "$jobs" ] || kill -9 $jobs 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

say() { printf '%s\n' "$*" >&2; }
fail() { say "FAILED: $*"; [ ! -s "$work/daemon.log" ] || tail -n 30 "$work/daemon.log" >&2; exit 1; }
skip() { say "skipped: $*"; exit 77; }

# generate BYTES [OPTION...]: $work/full.log, its truth and [identity.transports].
generate() {
  "${GENERATE_POSTFIX_LOG:?path of the log generator}" --bytes "$1" --out "$work/full.log" \
    --truth "$work/truth.json" --config-out "$work/identity.toml" "${@:2}"
}

# The store in DATA holds what the generator wrote, number by number.
equals_truth() { python3 "$tests/bench/compare_truth.py" "$BOUNCEWATCH" "$1" "$work/truth.json" >&2; }

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# write_config DATA LOG...: a configuration of one file source, $work/config.toml, and $port.
write_config() {
  port=$(free_port)
  local data=$1 paths
  shift
  paths=$(printf '"%s", ' "$@")
  cat > "$work/config.toml" <<EOF
[storage]
path = "$data"
[http]
listen = "127.0.0.1:$port"
[[source]]
name = "mail"
kind = "file"
paths = [${paths%, }]
timezone = "UTC"
EOF
  [ ! -f "$work/identity.toml" ] || cat "$work/identity.toml" >> "$work/config.toml"
}

start_daemon() {
  "$BOUNCEWATCH" run --config "$work/config.toml" >> "$work/daemon.log" 2>&1 &
  daemon_pid=$!
}

# Ends the daemon in order; fails when it does not end well.
stop_daemon() {
  kill -TERM "$daemon_pid"
  wait "$daemon_pid" || fail "the daemon ended with code $?"
  daemon_pid=
}

# http_get PATH: the answer with its header; nothing when nobody listens.
http_get() {
  (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3 &&
    cat <&3) 2>/dev/null
}

# metric NAME-WITH-LABELS: its value now; nothing when it is not there.
metric() { http_get /metrics | tr -d '\r' | awk -v name="$1" '$1 == name { print $2 }'; }
metric_is() { [ "$(metric "$1")" = "$2" ]; }
is_ready() { http_get /-/ready | head -n 1 | grep -q ' 200 '; }

# wait_until SECONDS COMMAND...: fails when the command does not succeed in time.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || fail "not in time: $*"
    [ -z "$daemon_pid" ] || kill -0 "$daemon_pid" 2>/dev/null || fail "the daemon ended while waiting: $*"
    sleep 0.1
  done
}

# Everything that stands in the source "mail" has been read and committed.
no_lag() {
  metric_is 'bouncewatch_source_lag_bytes{source="mail"}' 0 && sleep 0.3 &&
    metric_is 'bouncewatch_source_lag_bytes{source="mail"}' 0
}
