#!/bin/bash
# A spike of 550 5.7.1 in a log that grows becomes a page in under a minute, through a real Prometheus and Alertmanager
# with the shipped rules (windows of seconds, see support/drill.sed). Ten times the clean traffic pages nobody.
set -eu
. "$(dirname "$0")/../support/system.sh"

for program in prometheus prometheus-alertmanager python3; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done
deploy=$tests/../deploy
pages=$work/pages
: > "$pages"

# traffic RATE EVERY: attempts a second, one out of EVERY refused with 5.7.1.
traffic() { echo "$1 $2" > "$work/control.new" && mv "$work/control.new" "$work/control"; }

start_monitoring() {
  prometheus_port=$(free_port) alertmanager_port=$(free_port) pager_port=$(free_port)
  sed -E -f "$tests/support/drill.sed" "$deploy/prometheus/bouncewatch.rules.yml" > "$work/bouncewatch.rules.yml"
  sed -e 's/: 15s/: 1s/' -e "s/127.0.0.1:9899/127.0.0.1:$port/; s/127.0.0.1:9093/127.0.0.1:$alertmanager_port/" \
    "$deploy/prometheus/prometheus.yml" > "$work/prometheus.yml"
  sed -e 's/group_wait: .*/group_wait: 0s/; s/group_interval: .*/group_interval: 1s/' \
    -e "s/127.0.0.1:9080/127.0.0.1:$pager_port/" "$deploy/alertmanager/alertmanager.yml" > "$work/alertmanager.yml"
  python3 "$tests/support/page_receiver.py" "$pager_port" "$pages" &
  prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/alertmanager" \
    --web.listen-address="127.0.0.1:$alertmanager_port" --cluster.listen-address= > "$work/alertmanager.log" 2>&1 &
  prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/prometheus" \
    --web.listen-address="127.0.0.1:$prometheus_port" > "$work/prometheus.log" 2>&1 &
}

# query EXPRESSION: the first value, "" when there is none.
query() {
  python3 - "http://127.0.0.1:$prometheus_port/api/v1/query" "$1" <<'EOF'
import json, sys, urllib.parse, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1] + "?query=" + urllib.parse.quote(sys.argv[2]), timeout=5) as answer:
        result = json.load(answer)["data"]["result"]
except OSError:
    result = []
print(result[0]["value"][1] if result else "")
EOF
}
holds() { [ -n "$(query "$1")" ]; }
paged() { grep -q " firing $1 google$" "$pages"; }

write_config "$work/store" "$work/mail.log"
traffic 100 500
python3 "$tests/support/live_log.py" "$work/mail.log" "$work/control" &
start_daemon
wait_until 30 is_ready
start_monitoring

# The baseline: 100 attempts a second, one out of 500 refused.
wait_until 120 holds 'provider:bouncewatch_attempts:increase_baseline{provider="google"} > 1800'

# A campaign: ten times the mail, refused as often as ever. Both windows fill up with it. (Labels keep the old lengths.)
traffic 1000 500
wait_until 120 holds 'provider_window:bouncewatch_attempts:increase{provider="google",window="30m"} > 15000'
holds 'provider_signal_window:bouncewatch_failures:increase{signal="5.7.1",window="30m"} >= 5' ||
  fail "the campaign was to have some refusals"
traffic 100 500
wait_until 120 holds 'provider_window:bouncewatch_attempts:increase{provider="google",window="30m"} < 4000'
[ ! -s "$pages" ] || fail "paged for a clean campaign: $(cat "$pages")"

# The spike: one out of four.
spike_time=$(date +%s.%N)
traffic 100 4
wait_until 60 paged BouncewatchRejections571Spike
seconds=$(awk -v from="$spike_time" '$3 == "BouncewatchRejections571Spike" { printf "%.1f", $1 - from; exit }' "$pages")
say "the page came $seconds s after the first refusal of the spike"
awk -v s="$seconds" 'BEGIN { exit !(s > 0 && s < 60) }' || fail "a page after $seconds s"

rm "$work/control"
stop_daemon
