#!/bin/bash
# A full disk stops ingest, which says so; once there is room it goes on, and no count is lost or doubled.
set -eu
if [ -z "${BOUNCEWATCH_TEST_IN_NAMESPACE:-}" ]; then
  [ "$(id -u)" = 0 ] || { echo "skipped: needs root for a small file system" >&2; exit 77; }
  unshare --mount true 2>/dev/null || { echo "skipped: no mount namespaces here" >&2; exit 77; }
  BOUNCEWATCH_TEST_IN_NAMESPACE=1 exec unshare --mount "$0"
fi
. "$(dirname "$0")/../support/system.sh"

mkdir "$work/small"
mount -t tmpfs -o size=256m tmpfs "$work/small" || skip "no tmpfs here"
trap 'umount --lazy "$work/small"; clean_up' EXIT
generate "${BOUNCEWATCH_TEST_LOG_BYTES:-300M}"
write_config "$work/small/store" "$work/mail.log"
: > "$work/mail.log"

# The first life makes the store. RocksDB reserves room for its log when it opens it, so the disk is filled, all but
# what opening takes, before the life in which ingest is to stop.
start_daemon
wait_until 30 is_ready
stop_daemon
head -c 1G /dev/zero > "$work/small/ballast" 2>/dev/null || true
truncate -s -512K "$work/small/ballast"
start_daemon
wait_until 30 is_ready
metric_is bouncewatch_ingest_stalled 0 || fail "stalled from the start"
cat "$work/full.log" > "$work/mail.log"
wait_until 60 metric_is bouncewatch_ingest_stalled 1
grep -qiE 'space|disk' "$work/daemon.log" || fail "the log does not say why ingest stands still"
kill -0 "$daemon_pid" || fail "a full disk ended the daemon"

# What waits stays in the file, not in memory: a few rollups are filled, and then nothing more is read.
read_bytes() { metric 'bouncewatch_source_bytes_total{source="mail"}'; }
reads_no_more() { local before; before=$(read_bytes) && sleep 1 && [ "$(read_bytes)" = "$before" ]; }
wait_until 60 reads_no_more
metric_is bouncewatch_ingest_stalled 1 || fail "not stalled any more"
! metric_is 'bouncewatch_source_lag_bytes{source="mail"}' 0 || fail "all of the log was read in the stall"
resident_kib=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$daemon_pid/status")
say "resident in the stall: $resident_kib KiB"
[ "$resident_kib" -lt 163840 ] || fail "$resident_kib KiB are in memory"

rm "$work/small/ballast"
wait_until 60 metric_is bouncewatch_ingest_stalled 0
wait_until 120 no_lag
stop_daemon
equals_truth "$work/small/store" || fail "totals after a full disk"
