#!/bin/bash
# kill -9 at any moment, while the log grows, hours fold and the log is rotated, loses nothing and counts nothing
# twice. BOUNCEWATCH_TEST_KILLS: how many, 20 when it is not set, 1000 by hand. BOUNCEWATCH_TEST_SEED: the moments.
set -eu
. "$(dirname "$0")/../support/system.sh"

kills=${BOUNCEWATCH_TEST_KILLS:-20}
seed=${BOUNCEWATCH_TEST_SEED:-1}
# Some hours of mail for every life, so that hours end all the time.
generate "$((kills * 40000))" --seed "$seed" --hours "$((kills / 2 + 1))" --start 2026-01-05T00:00:00Z --domains 2000
write_config "$work/store" "$work/mail.log"
python3 "$tests/support/kill_driver.py" "$BOUNCEWATCH" "$work/config.toml" "$work/full.log" "$work/mail.log" \
  "$kills" "$seed" ${KILL_AT_CALL:+"$KILL_AT_CALL"} >&2 || fail "totals after $kills kills, seed $seed"
equals_truth "$work/store" || fail "totals after $kills kills, seed $seed"
