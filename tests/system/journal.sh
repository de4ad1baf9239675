#!/bin/bash
# A journal is read through its cursor: kill -9 in the midst loses nothing and counts nothing twice.
set -eu
. "$(dirname "$0")/../support/system.sh"
remote=/lib/systemd/systemd-journal-remote
[ -x $remote ] || skip "needs systemd-journal-remote to write a journal"

generate "${BOUNCEWATCH_TEST_LOG_BYTES:-5M}"
python3 "$tests/support/journal_export.py" "$work/full.log" > "$work/export"
mkdir "$work/journal"
$remote -o "$work/journal/mail.journal" "$work/export" >&2

write_config "$work/store" unused
sed -i -e 's/^kind = .*/kind = "journal"/' -e "s|^paths = .*|directory = \"$work/journal\"|" "$work/config.toml"
is_equal() { equals_truth "$work/store" 2>/dev/null; }

for _ in 1 2 3; do
  start_daemon
  sleep 0.4
  kill -9 "$daemon_pid"
  wait "$daemon_pid" 2>/dev/null || true
done
start_daemon
wait_until 30 is_ready
wait_until 60 is_equal
stop_daemon
equals_truth "$work/store" || fail "totals of the journal"
