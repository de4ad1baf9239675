#!/bin/bash
# kill -9 at any moment, while the log grows and is rotated, loses nothing and counts nothing twice.
# Kills: BOUNCEWATCH_TEST_KILLS, 20 when it is not set; 100 by hand. BOUNCEWATCH_TEST_SEED: the moments.
set -eu
. "$(dirname "$0")/../support/system.sh"

kills=${BOUNCEWATCH_TEST_KILLS:-20}
RANDOM=${BOUNCEWATCH_TEST_SEED:-1}
generate "${BOUNCEWATCH_TEST_LOG_BYTES:-20M}" --seed "$((RANDOM + 1))"
write_config "$work/store" "$work/mail.log"

: > "$work/mail.log"
python3 "$tests/support/grow_log.py" "$work/full.log" "$work/mail.log" "$((kills + 2))" "$RANDOM" &
writer=$!

for i in $(seq "$kills"); do
  start_daemon
  # Every other life ends anywhere, the rest in the midst of reading.
  if [ $((i % 2)) = 0 ]; then wait_until 30 is_ready; fi
  sleep "$((RANDOM % 2)).$((RANDOM % 900 + 100))"
  kill -0 "$daemon_pid" 2>/dev/null || fail "the daemon ended by itself in life $i"
  kill -9 "$daemon_pid"
  wait "$daemon_pid" 2>/dev/null || true
  daemon_pid=
done
wait "$writer" || fail "the writer of the log"

start_daemon
wait_until 30 is_ready
wait_until 120 no_lag
stop_daemon
equals_truth "$work/store" || fail "totals after $kills kills"
