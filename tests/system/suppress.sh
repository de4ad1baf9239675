#!/bin/bash
# A day with a broken DKIM key: 6,604 bounces say so, 221 tell of dead mailboxes. `suppress` names those 221 and nobody
# else, and leaves nothing behind.
set -eu
. "$(dirname "$0")/../support/system.sh"

python3 - "$work/day.log" "$work/dead" <<'PY'
import random, sys
random.seed(7)
dkim = [
    "550 5.7.1 DKIM verification failed for news.example.com",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated. 550-5.7.26 DKIM = did not pass",
    "550 5.7.1 Message rejected: DKIM signature did not verify",
    "554 5.7.1 Email rejected per DMARC policy for example.com",
]
gone = [
    "550 5.1.1 <{0}>: Recipient address rejected: User unknown in virtual mailbox table",
    "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 Please check {0}",
    "550 5.1.1 <{0}> No such user here",
]
lines = []
def line(address, host, status, dsn, text):
    second = len(lines) * 80000 // 9000
    stamp = "Nov 22 %02d:%02d:%02d" % (second // 3600, second // 60 % 60, second % 60)
    lines.append(f"{stamp} mx postfix/smtp[77]: {len(lines):010X}: to=<{address}>, relay={host}[192.0.2.9]:25, "
                 f"delay=1, delays=0/0/0/1, dsn={dsn}, status={status} ({text})\n")
kinds = ["dkim"] * 6604 + ["gone"] * 221 + ["sent"] * 900 + ["later"] * 100
random.shuffle(kinds)
dead = []
for number, kind in enumerate(kinds):
    address = f"person{number}@example.{random.choice(['org', 'net'])}"
    host = "mx.example.org"
    if kind == "sent":
        line(address, host, "sent", "2.0.0", "250 2.0.0 Ok: queued as 4F")
    elif kind == "later":
        line(address, host, "deferred", "4.1.1", f"host {host}[192.0.2.9] said: 450 4.1.1 <{address}>: "
             "Recipient address rejected: User unknown (in reply to RCPT TO command)")
    else:
        text = random.choice(dkim if kind == "dkim" else gone).format(address)
        step = "end of DATA" if kind == "dkim" else "RCPT TO"
        line(address, host, "bounced", text[4:9], f"host {host}[192.0.2.9] said: {text} (in reply to {step} command)")
        if kind == "gone":
            dead.append(address)
open(sys.argv[1], "w").writelines(lines)
open(sys.argv[2], "w").write("".join(address + "\n" for address in dead))
PY

mkdir "$work/home"
HOME=$work/home XDG_CACHE_HOME=$work/home "$BOUNCEWATCH" suppress --year 2026 "$work/day.log" \
  > "$work/named" 2> "$work/summary" || fail "suppress ended with $?: $(cat "$work/summary")"
[ "$(wc -l < "$work/dead")" = 221 ] || fail "the log is not what this test wants"
cmp "$work/dead" "$work/named" || fail "other addresses: $(diff "$work/dead" "$work/named" | head)"
grep -q '^6825 bounces, 221 dead addresses$' "$work/summary" || fail "summary: $(cat "$work/summary")"
grep -q 'auth=6604' "$work/summary" || fail "summary: $(cat "$work/summary")"

gzip -k "$work/day.log"
"$BOUNCEWATCH" suppress --year 2026 --json "$work/day.log.gz" 2> /dev/null > "$work/named.json"
python3 - "$work/named.json" "$work/dead" <<'PY' || fail "JSON says otherwise"
import json, sys
objects = [json.loads(line) for line in open(sys.argv[1])]
assert [o["address"] for o in objects] == open(sys.argv[2]).read().split()
assert all(o["cause"] == "recipient.unknown-user" and o["t"].startswith("2026-11-22T") for o in objects)
PY

! grep -r -l -e 'person[0-9]' "$work/home" || fail "an address was kept"
