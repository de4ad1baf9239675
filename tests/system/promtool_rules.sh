#!/bin/sh
# The alert rules do what they promise: promtool's unit tests of them, and every alert has its runbook page.
# Exit 77: promtool or amtool is not installed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v promtool >/dev/null && command -v amtool >/dev/null || exit 77

cd "$root/deploy/prometheus"
promtool check rules bouncewatch.rules.yml
promtool check config prometheus.yml
amtool check-config "$root/deploy/alertmanager/alertmanager.yml"

for alert in $(sed -n 's/^ *- alert: //p' bouncewatch.rules.yml); do
  test -s "$root/docs/runbooks/$alert.md" || { echo "docs/runbooks/$alert.md is missing" >&2; exit 1; }
done
test "$(sed -n 's/^ *- alert: //p' bouncewatch.rules.yml | wc -l)" -eq "$(ls "$root/docs/runbooks" | wc -l)"

promtool test rules bouncewatch.rules.test.yml
