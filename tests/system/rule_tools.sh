#!/bin/bash
# The way from an unknown reply to a rule: `templates` names it with a skeleton, `rules check` passes the skeleton,
# `rules list` counts its hits; the daemon answers the same over HTTP. Names of recipients are nowhere in it.
set -eu
. "$(dirname "$0")/../support/system.sh"

for name in qzjoe{a..h}{a..e}; do
  printf 'Nov 22 10:00:30 mx postfix/smtp[7]: 4F%s: to=<%s@example.org>, relay=aspmx.l.google.com[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (host aspmx.l.google.com[192.0.2.9] said: 550-5.7.1 <%s@example.org> the gnomes of 192.0.2.1 were offended 550 5.7.1 - gsmtp (in reply to end of DATA command))\n' \
    "$(printf '%s' "$name" | cksum | cut -d' ' -f1)" "$name" "$name"
done > "$work/mail.log"
"$BOUNCEWATCH" replay --data "$work/store" --year 2026 --timezone UTC "$work/mail.log" >&2
mkdir "$work/rules.d" "$work/home"
export HOME=$work/home XDG_CACHE_HOME=$work/home
write_config "$work/store" "$work/mail.log"
printf '[rules]\ndirectory = "%s/rules.d"\n' "$work" >> "$work/config.toml"

"$BOUNCEWATCH" templates --data "$work/store" --config "$work/config.toml" --json > "$work/templates.json"
python3 - "$work/templates.json" "$work/rules.d/own.toml" <<'PY' || fail "templates: $(cat "$work/templates.json")"
import json, sys
report = json.load(open(sys.argv[1]))
[one] = report["templates"]
assert one["count"] == 40 and one["providers"] == {"google": 40}
assert (one["first_seen"], one["last_seen"]) == ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z")
assert "***@example.org" in one["example"] and "192.0.2.1" in one["example"], one["example"]
assert report["providers"]["google"] == {"failures": 40, "unclassified": 40, "share": 1}
open(sys.argv[2], "w").write(one["skeleton"])
PY
"$BOUNCEWATCH" rules check --config "$work/config.toml" >&2 || fail "the skeleton does not pass: $(cat "$work/rules.d/own.toml")"

sed -i 's/^cause = .*/cause = "policy.local"/' "$work/rules.d/own.toml"
"$BOUNCEWATCH" templates --data "$work/store" --config "$work/config.toml" | grep -q '^every reply has a cause' ||
  fail "the rule does not answer"
"$BOUNCEWATCH" rules list --data "$work/store" --config "$work/config.toml" --json > "$work/list.json"
python3 - "$work/list.json" <<'PY' || fail "rules list: $(head -c 400 "$work/list.json")"
import json, sys
rules = json.load(open(sys.argv[1]))["rules"]
hit = [rule for rule in rules if rule["hits"]]
assert [(r["hits"], r["last_hit"], r["cause"]) for r in hit] == [(40, "2026-11-22T10:00:00Z", "policy.local")], hit
assert "own.toml:1:1" in hit[0]["file"] and len(rules) > 100
assert all(rule["last_hit"] is None for rule in rules if not rule["hits"])
PY
"$BOUNCEWATCH" rules list --data "$work/store" --config "$work/config.toml" --unused | grep -q 'policy.local.*own.toml' &&
  fail "a rule with hits is listed as unused"

start_daemon
wait_until 400 is_ready
"$BOUNCEWATCH" templates --url "http://127.0.0.1:$port" --all > "$work/by-http"
"$BOUNCEWATCH" templates --data "$work/store" --config "$work/config.toml" --all > "$work/by-store"
cmp "$work/by-http" "$work/by-store" || fail "the daemon says otherwise: $(diff "$work/by-http" "$work/by-store")"
grep -q 'policy.local by google-' "$work/by-http" || fail "the daemon uses other rules"
http_get '/api/v1/templates?what=1' | head -n 1 | grep -q ' 400 ' || fail "an unknown parameter is taken"
stop_daemon
! grep -r -a -l -i qzjoe "$work/store" "$work/home" "$work/templates.json" "$work/by-http" "$work/daemon.log" ||
  fail "a recipient's name was kept"

# KumoMTA's form: what carries over passes, what does not is said.
cat > "$work/bounces.toml" <<'EOF'
[rules]
InvalidRecipient = ["^550 5\\.1\\.1 .*no gnome \\d+ lives here", "the gnome(?!s) moved"]
QuotaIssues = ["gnome cave is full"]
EOF
"$BOUNCEWATCH" rules import "$work/bounces.toml" > "$work/rules.d/imported.toml" 2> "$work/said" || fail "import: $(cat "$work/said")"
grep -q '2 regexes carried over, 1 not' "$work/said" || fail "import: $(cat "$work/said")"
grep -q 'bounces.toml:2:[0-9]*: not carried over: .*look-around' "$work/said" || fail "import: $(cat "$work/said")"
"$BOUNCEWATCH" rules check --config "$work/config.toml" >&2 || fail "what was imported does not pass"
printf '550 5.1.1 <a@example.org> no gnome 42 lives here\n' |
  "$BOUNCEWATCH" classify --config "$work/config.toml" | grep -q '"recipient.unknown-user".*"bounces-invalid-recipient-1"' ||
  fail "an imported rule does not answer"
