#!/bin/bash
# Nobody's name is kept: of 10,000 local parts in a log none is found in the store, in what the commands print, in what
# the daemon answers or logs. Our own addresses and domains are.
set -eu
. "$(dirname "$0")/../support/system.sh"

python3 - "$work" <<'EOF'
import random, sys
work = sys.argv[1]
choose = random.Random(5)
parts, lines = [], []
letters = "abcdefghijklmnopqrstuvwxyz"
for i in range(10000):
    # Names as people have them, made unmistakable: nothing else in a store looks like these.
    name = "zq" + "".join(choose.choice(letters) for _ in range(7))
    part = [name, name + "." + name[::-1], name + "+tag%d" % i, "%s_%d" % (name, i)][i % 4]
    parts.append(name)
    second = "2026-11-23T%02d:%02d:%02d.000000+00:00" % (i // 3600, i // 60 % 60, i % 60)
    address = "%s@example%d.test" % (part, i % 200)
    reply = [
        "host mx.example.test[198.51.100.7] said: 550 5.1.1 <%s>: Recipient address rejected: user unknown (in reply to RCPT TO command)" % address,
        "host mx.example.test[198.51.100.7] said: 550 5.7.1 Mail from 192.0.2.9 to %s refused, see https://help.example.test/?id=%s%%40example.test (in reply to end of DATA command)" % (address, part),
        "host mx.example.test[198.51.100.7] said: 452 4.2.2 mailbox <%s> is over quota, sender bounce+%s=x@our.test (in reply to RCPT TO command)" % (address, part),
        "host mx.example.test[198.51.100.7] said: 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org; %s (in reply to RCPT TO command)" % address,
    ][i % 4]
    status = "deferred" if i % 4 == 2 else "bounced"
    lines.append("%s mx1 postfix/qmgr[9]: 4X%06d: from=<%s@our.test>, size=1000, nrcpt=1 (queue active)" % (second, i, "zqsender"))
    lines.append("%s mx1 postfix/smtp[10]: 4X%06d: to=<%s>, relay=mx.example.test[198.51.100.7]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=%s (%s)"
                 % (second, i, address, status, reply))
open(work + "/mail.log", "w").write("\n".join(lines) + "\n")
open(work + "/parts", "w").write("\n".join(parts) + "\nzqsender\n")
EOF

cat > "$work/identity.toml" <<'EOF'
[identity]
ips = ["192.0.2.9"]
domains = ["our.test"]
EOF
write_config "$work/store" "$work/mail.log"
start_daemon
ask() { curl -fsS "http://127.0.0.1:$port$1"; }
for _ in $(seq 200); do
  ask "/api/v1/query?from=2026-11-23&to=2026-11-24" | grep -q '"attempts":10000' && break
  sleep 0.1
done
{
  ask "/metrics"
  ask "/api/v1/query?by=domain,template,cause&from=2026-11-23&to=2026-11-24&limit=0"
  ask "/api/v1/evidence?limit=1000"
  "$BOUNCEWATCH" evidence --url "http://127.0.0.1:$port" --from 2026-11-23 --to 2026-11-24 --replies 500
} > "$work/answers"
stop_daemon
grep -q '"replies":\[{' "$work/answers" || fail "there is no evidence"
for ours in 192.0.2.9 our.test zen.spamhaus.org https://help.example.test 5.7.1; do
  grep -qF "$ours" "$work/answers" || fail "$ours is gone"
done

cat "$work/answers" "$work/daemon.log" > "$work/shown"
if LC_ALL=C grep -aoFf "$work/parts" "$work/shown" | head -3 | grep .; then fail "a local part is shown"; fi
# What the store holds, out of its compression.
"$BOUNCEWATCH" query --data "$work/store" --by template --from 2026-11-23 --to 2026-11-24 --json > /dev/null
if LC_ALL=C grep -aoFf "$work/parts" "$work"/store/*.log "$work"/store/*.sst 2>/dev/null | head -3 | grep .; then
  fail "a local part is in the store"
fi
