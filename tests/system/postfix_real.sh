#!/bin/bash
# A real Postfix against receivers that misbehave: for every case, what is stored is what the receiver did.
set -eu
[ "$(id -u)" = 0 ] || { echo "skipped: needs root for namespaces" >&2; exit 77; }
[ -x /usr/sbin/postfix ] || { echo "skipped: Postfix is not installed" >&2; exit 77; }
unshare --net --mount --pid --fork --kill-child true 2>/dev/null ||
  { echo "skipped: no namespaces here" >&2; exit 77; }
. "$(dirname "$0")/../support/system.sh"

"$here/postfix_real/make_log.sh" "$work/mail.log"
cat > "$work/identity.toml" <<EOF
[identity]
ips = ["127.0.2.0/24"]
domains = ["example.com"]
[identity.transports]
"postfix-out1" = "127.0.2.1"
EOF
write_config "$work/store" "$work/mail.log"
"$BOUNCEWATCH" replay --config "$work/config.toml" --data "$work/store" --timezone UTC "$work/mail.log"
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/postfix_real/compare_cases.py" "$BOUNCEWATCH" "$work/store" "$work/mail.log" || fail "cases differ"
