#!/bin/bash
# Runs a real Postfix against sink.py and leaves its log: make_log.sh OUT_LOG
#
# Everything happens in private namespaces: own loopback, own mounts, own processes. No file of the host is
# touched, nothing leaves the machine, nothing stays running. Needs root and the package postfix.
set -eu
if [ -z "${BOUNCEWATCH_POSTFIX_LAB:-}" ]; then
  touch "$1"
  BOUNCEWATCH_POSTFIX_LAB=1 exec unshare --net --mount --pid --fork --kill-child "$0" "$(realpath "$1")"
fi
here=$(cd "$(dirname "$0")" && pwd)
out=$1
lab=/run/bouncewatch-postfix-lab
export MAIL_CONFIG=$lab/config TZ=UTC PYTHONDONTWRITEBYTECODE=1

mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p $lab/config $lab/queue $lab/data $lab/log
chown postfix $lab/data
ip link set lo up
echo "nameserver 127.0.0.53" > $lab/resolv.conf
mount --bind $lab/resolv.conf /etc/resolv.conf

cat > $lab/config/main.cf <<EOF
compatibility_level = 3.6
queue_directory = $lab/queue
data_directory = $lab/data
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
maillog_file = $lab/log/mail.log
maillog_file_prefixes = $lab/log
myhostname = mailout.example.com
myorigin = example.com
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtp_bind_address = 127.0.2.9
transport_maps = inline:{ { by-map.test = out1: } { by-tag.test = out2: } { soft.test = soft: } }
smtp_connection_cache_on_demand = no
smtp_connect_timeout = 2s
smtp_helo_timeout = 2s
minimal_backoff_time = 4000s
maximal_backoff_time = 4000s
smtp_destination_concurrency_failed_cohort_limit = 1
EOF
cat > $lab/config/master.cf <<EOF
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
out1 unix - - n - - smtp -o smtp_bind_address=127.0.2.1 -o syslog_name=postfix-out1
out2 unix - - n - - smtp -o smtp_bind_address=127.0.2.2 -o syslog_name=postfix-out2/127.0.2.2
soft unix - - n - - smtp -o soft_bounce=yes
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
EOF

python3 "$here/sink.py" > $lab/sink.log 2>&1 < /dev/null &
for _ in $(seq 100); do grep -qs ready $lab/sink.log && break; sleep 0.1; done
grep -q ready $lab/sink.log || { cat $lab/sink.log >&2; exit 1; }
postfix start > $lab/start.log 2>&1 || { cat $lab/start.log >&2; exit 1; }

send() { printf 'Subject: test\n\nhello\n' | sendmail -i -f bounces@news.example.com -- "$@"; }
queue() { python3 "$here/queue_of.py" "$@"; }
# Until every message has been tried: none is left that is not deferred.
settle() {
  for _ in $(seq 300); do
    [ -n "$(queue --not-deferred)" ] || return 0
    sleep 0.1
  done
  echo "messages still in the queue" >&2
  return 1
}

(cd "$here" && python3 -c 'from cases import *
for case in CASES:
    for _ in range(DEAD_MESSAGES if case.name == "dead" else 1):
        print("\t".join(part + "@" + case.domain for part in case.local_parts))') > $lab/recipients
while IFS=$'\t' read -r -a recipients; do send "${recipients[@]}"; done < $lab/recipients
settle
queue --to grey.test | while read -r id; do postqueue -i "$id"; done
queue --to given-up.test | while read -r id; do postsuper -e "$id" 2> /dev/null && postqueue -i "$id"; done
for _ in $(seq 100); do
  [ -n "$(queue --to grey.test --to given-up.test)" ] || break
  sleep 0.1
done
settle
postfix stop 2> /dev/null || true
cat $lab/log/mail.log > "$out"
