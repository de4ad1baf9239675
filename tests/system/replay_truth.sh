#!/bin/bash
# A replay counts what is in the log, whatever files it comes in, and a second replay adds nothing.
# Size: BOUNCEWATCH_TEST_LOG_BYTES, 20M when it is not set; 200M is a good size by hand.
set -eu
. "$(dirname "$0")/../support/system.sh"

generate "${BOUNCEWATCH_TEST_LOG_BYTES:-20M}"
write_config "$work/unused" "$work/full.log"
replay() { "$BOUNCEWATCH" replay --config "$work/config.toml" "$@"; }

say "one file"
replay --data "$work/whole" "$work/full.log"
equals_truth "$work/whole" || fail "a replay of one file"

say "ten files, shuffled"
split --number=l/10 "$work/full.log" "$work/part."
mapfile -t parts < <(printf '%s\n' "$work"/part.* | shuf --random-source="$work/full.log")
replay --data "$work/parts" "${parts[@]}"
equals_truth "$work/parts" || fail "a replay of ten files in no order"

say "the same again"
replay --data "$work/whole" "$work/full.log" > "$work/again.txt"
grep -qi 'nothing new' "$work/again.txt" || fail "the second replay does not say that it found nothing new"
equals_truth "$work/whole" || fail "a second replay of the same file"
replay --data "$work/parts" "${parts[@]}" > "$work/again.txt"
grep -qi 'nothing new' "$work/again.txt" || fail "the second replay of ten files does not say so"
equals_truth "$work/parts" || fail "a second replay of the same files"
