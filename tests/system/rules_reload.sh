#!/bin/bash
# Rules change under a running daemon: a set that does not load leaves the old one at work and shows in a metric; a good
# one first says which stored templates would move from which cause to which. No line is lost or counted twice meanwhile.
set -eu
. "$(dirname "$0")/../support/system.sh"

number=0
# bounce COUNT TEXT: that many lines more in the log.
bounce() {
  for ((i = 0; i < $1; ++i)); do
    number=$((number + 1))
    printf 'Nov 22 10:%02d:%02d mx postfix/smtp[7]: %010X: to=<a%d@example.org>, relay=mx.example.org[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (host mx.example.org[192.0.2.9] said: %s (in reply to RCPT TO command))\n' \
      $((number / 60 % 60)) $((number % 60)) $number $number "$2" >> "$work/mail.log"
  done
}
failures() { metric "bouncewatch_failures_total{provider=\"example.org\",cause=\"$1\",enhanced_code=\"5.7.1\",outcome=\"bounced\"}"; }
failures_are() { [ "$(failures "$1")" = "$2" ]; }
# What a reply is taken for by the daemon.
cause_now() {
  python3 - "$port" "$1" <<'PY'
import json, sys, urllib.request
url = f"http://127.0.0.1:{sys.argv[1]}/api/v1/classify"
print(json.load(urllib.request.urlopen(url, sys.argv[2].encode(), timeout=10))["cause"])
PY
}
rules_version() { http_get /metrics | sed -n 's/^bouncewatch_rules_info{version="\([0-9a-f]*\)"} 1.*/\1/p'; }

gnomes='550 5.7.1 the gnomes refuse this'
mkdir "$work/rules.d"
write_config "$work/store" "$work/mail.log"
printf '[rules]\ndirectory = "%s/rules.d"\n' "$work" >> "$work/config.toml"
bounce 30 "$gnomes"
bounce 5 '550 5.7.1 SPF check failed for 192.0.2.1'
start_daemon
wait_until 400 is_ready
wait_until 400 failures_are unknown.unspecified 30
before=$(rules_version)
[ -n "$before" ] && [ "$(cause_now "$gnomes")" = unknown.unspecified ] || fail "the test needs a reply that no rule knows"

# A bad set.
printf '\n[[rule]]\nid = "gnomes"\nregex = "gnomes (refuse"\ncause = "policy.local"\n' > "$work/rules.d/own.toml"
kill -HUP "$daemon_pid"
wait_until 400 metric_is bouncewatch_rules_last_reload_successful 0
metric_is bouncewatch_config_last_reload_successful 0 || fail "the reload shows as successful"
grep -q 'not reloaded.*rules.d/own.toml:2:1: ' "$work/daemon.log" || fail "the log does not say where"
[ "$(rules_version)" = "$before" ] || fail "other rules are in use"
[ "$(cause_now "$gnomes")" = unknown.unspecified ] || fail "the bad set is in use"
! grep -q 'template moves' "$work/daemon.log" || fail "a bad set has nothing to compare"
bounce 10 "$gnomes"
wait_until 400 failures_are unknown.unspecified 40

# A good set.
sed -i 's/regex = .*/any = "gnomes refuse"/' "$work/rules.d/own.toml"
kill -HUP "$daemon_pid"
wait_until 400 metric_is bouncewatch_rules_last_reload_successful 1
metric_is bouncewatch_config_last_reload_successful 1 || fail "the reload shows as failed"
[ "$(rules_version)" != "$before" ] || fail "the version did not change"
[ "$(cause_now "$gnomes")" = policy.local ] || fail "the good set is not in use"
moves=$(grep -n 'template moves' "$work/daemon.log" | grep 'unknown.unspecified.*policy.local.*the gnomes refuse this') ||
  fail "the log does not say what moves"
[ "$(grep -c 'template moves' "$work/daemon.log")" = 1 ] || fail "more moves than the one"
reloaded=$(grep -n 'configuration reloaded' "$work/daemon.log" | tail -n 1)
[ "${moves%%:*}" -lt "${reloaded%%:*}" ] || fail "the moves are told after the fact"
bounce 7 "$gnomes"
wait_until 400 failures_are policy.local 7
failures_are unknown.unspecified 40 || fail "what is stored changed its cause"

# The same set again moves nothing.
kill -HUP "$daemon_pid"
wait_until 400 eval '[ "$(grep -c "configuration reloaded" "$work/daemon.log")" = 2 ]'
[ "$(grep -c 'template moves' "$work/daemon.log")" = 1 ] || fail "moves are told of rules that did not change"
stop_daemon
total=$("$BOUNCEWATCH" query --data "$work/store" --by outcome --from 2000-01-01 --json |
  python3 -c 'import json, sys; print(sum(p["bounced"] for s in json.load(sys.stdin)["series"] for p in s["points"]))')
[ "$total" = "$number" ] || fail "$total of $number lines are counted"
