#!/bin/bash
# The rules read every reply of the synthetic log as the table's author meant it; the other tests rest on that.
set -eu
. "$(dirname "$0")/../support/system.sh"

generate 10K --templates-out "$work/templates.jsonl"
"$tests/bench/check_templates.py" "$BOUNCEWATCH" "$work/templates.jsonl" >&2 || fail "replies read otherwise"
