#!/bin/bash
# SIGHUP adds and removes sources without losing a line of those that stay; SIGTERM ends the daemon in bounded
# time in the midst of a large file. Scenario 34 of docs/tailing.md.
set -eu
. "$(dirname "$0")/../support/system.sh"
generate 30M
half=$(($(wc -l < "$work/full.log") / 2))
mkdir "$work/new"
head -n "$half" "$work/full.log" > "$work/mail.log"
write_config "$work/store" "$work/mail.log"
is_equal() { equals_truth "$work/store" 2>/dev/null; }
lines_of() { metric "bouncewatch_source_lines_total{source=\"$1\"}"; }
has_lines() { [ "$(lines_of "$1")" = "$2" ]; }

start_daemon
sleep 0.2
begin=$(date +%s%N)
stop_daemon  # in the midst of the file
took_ms=$((($(date +%s%N) - begin) / 1000000))
[ $took_ms -lt 20000 ] || fail "SIGTERM took $took_ms ms"

start_daemon
wait_until 30 is_ready
cat >> "$work/config.toml" <<EOF
[[source]]
name = "more"
kind = "file"
paths = ["$work/new/*.log"]
timezone = "UTC"
EOF
tail -n "+$((half + 1))" "$work/full.log" > "$work/new/rest.log"
kill -HUP "$daemon_pid"
wait_until 60 is_equal

python3 - "$work/config.toml" <<'EOF'
import sys
text = open(sys.argv[1]).read()
open(sys.argv[1], "w").write(text[:text.index('[[source]]\nname = "more"')])
EOF
kill -HUP "$daemon_pid"
reloads() { [ "$(grep -c 'configuration reloaded' "$work/daemon.log")" = "$1" ]; }
wait_until 30 reloads 2
cat "$work/full.log" >> "$work/new/rest.log"  # nobody follows it any more
sleep 1
is_equal || fail "a removed source is still read"
stop_daemon
say "SIGTERM took $took_ms ms"
