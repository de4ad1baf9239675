# shellcheck shell=bash
# Sendmail: queues only, so that each run of the queue is one round of attempts. See make_log.sh.
program=/usr/libexec/sendmail/sendmail queue=/var/spool/mqueue

configure() {
  mkdir -p $queue /etc/mail
  chmod 700 $queue
  cat > $lab/sendmail.mc << 'EOF'
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confLOG_LEVEL', `9')dnl
define(`confDOMAIN_NAME', `mailout.example.com')dnl
define(`confTO_ICONNECT', `2s')dnl
define(`confTO_CONNECT', `2s')dnl
define(`confTO_INITIAL', `2s')dnl
define(`confTO_HOSTSTATUS', `0s')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confMIN_QUEUE_AGE', `1h')dnl
define(`confDELIVERY_MODE', `queueonly')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl
define(`QUEUE_DIR', `/var/spool/mqueue')dnl
define(`STATUS_FILE', `/var/log/sendmail.st')dnl
define(`ALIAS_FILE', `')dnl
CLIENT_OPTIONS(`Family=inet, Addr=127.0.2.9')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unqualified_senders')dnl
MAILER(`smtp')dnl
EOF
  (cd /usr/share/sendmail/cf/cf && m4 $lab/sendmail.mc) > /etc/mail/sendmail.cf
}
start() { :; }
stop() { :; }
send() { $program -Am -odq -i -f "$1" -- "${@:2}"; }
# It ends with the code of the last failure.
run_queue() { $program -Am "$@" > /dev/null || true; }
settle() { run_queue -qf; }
retry() { run_queue -OMinQueueAge=0 -qf -qR"$1"; }
expire() { run_queue -OMinQueueAge=0 -OTimeout.queuereturn=1s -qf -qR"$1"; }
leave_log() { cp /var/log/mail.log "$1/mail.log"; }
