#!/bin/bash
# Real Exim, Sendmail, OpenSMTPD and Haraka against receivers that misbehave: for every recipient, what is stored
# is what the receiver did, as far as the MTA's log can tell: mta_real.sh [MTA...]
#
# Slow, and run by tests/run --slow: the first time it fetches the MTA from its packages into MTA_PACKAGES (a folder
# below the user's cache), which takes a network, apt-get or npm. Nothing is installed.
set -eu
[ "$(id -u)" = 0 ] || { echo "skipped: needs root for namespaces" >&2; exit 77; }
unshare --net --mount --pid --fork --kill-child true 2>/dev/null ||
  { echo "skipped: no namespaces here" >&2; exit 77; }
. "$(dirname "$0")/../support/system.sh"
[ $# -gt 0 ] || set -- exim haraka opensmtpd sendmail
packages=${MTA_PACKAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/bouncewatch-tests}
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/postfix_real

cat > "$work/config.toml" <<EOF
[identity]
ips = ["127.0.2.0/24"]
domains = ["example.com"]
EOF

for mta in "$@"; do
  say "$mta"
  "$here/mta_real/fetch.sh" "$mta" "$packages/$mta" || skip "no packages of $mta to be had"
  "$here/mta_real/make_log.sh" "$mta" "$packages/$mta" "$work/$mta"
  "$BOUNCEWATCH" replay --config "$work/config.toml" --data "$work/$mta/store" --timezone UTC "$work/$mta/mail.log"
  python3 "$here/mta_real/expected.py" compare "$mta" "$BOUNCEWATCH" "$work/$mta/store" || fail "$mta: cases differ"
done
