# shellcheck shell=bash
# OpenSMTPD. See make_log.sh.
configure() {
  mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty
  chmod 711 /var/spool/smtpd
  chgrp opensmtpq /usr/sbin/smtpctl
  chmod g+s /usr/sbin/smtpctl
  cat > /etc/smtpd.conf << 'EOF'
listen on socket
mta max-deferred 1000
action "out" relay src 127.0.2.9 helo mailout.example.com
action "short" relay src 127.0.2.9 helo mailout.example.com ttl 5s
match from any for domain "given-up.test" action "short"
match from any for any action "out"
EOF
}
is_up() { smtpctl show status > /dev/null 2>&1; }
start() {
  smtpd -F > $lab/smtpd.log 2>&1 &
  until_true is_up || { cat $lab/smtpd.log >&2; return 1; }
}
stop() { kill "$(cat /run/smtpd.pid)"; }
send() { /usr/sbin/sendmail -i -f "$1" -- "${@:2}"; }
all_tried() { ! smtpctl show queue | awk -F'|' '$12 != "pending" || $11 == 0' | grep -q .; }
settle() { until_true all_tried; }
retry() { smtpctl show queue | awk -F'|' -v to="@$1" 'index($6, to) { print $1 }' | xargs -r -n 1 smtpctl schedule > /dev/null; }
gone() { ! smtpctl show queue | grep -q "@$1|"; }
expire() { until_true gone "$1"; }
leave_log() { cp /var/log/mail.log "$1/mail.log"; }
