# shellcheck shell=bash
# Exim: queues only, so that each run of the queue is one round of attempts. See make_log.sh.
queue=/var/spool/exim4 logs=/var/log/exim4

configure() {
  mkdir -p $queue $logs /var/lib/exim4 /etc/exim4
  chown Debian-exim: $queue $logs
  cat > /etc/exim4/exim4.conf << 'EOF'
primary_hostname = mailout.example.com
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
log_selector = +incoming_interface
keep_environment =
add_environment =
trusted_users = root
retry_interval_max = 5d
bounce_return_message = false
begin routers
all:
  driver = dnslookup
  transport = smtp
  self = send
begin transports
smtp:
  driver = smtp
  interface = 127.0.2.9
  allow_localhost
  hosts_try_fastopen =
  tls_tempfail_tryclear = false
  connect_timeout = 2s
  command_timeout = 2s
  connection_max_messages = 1
begin retry
given-up.test * F,1s,1s
* * F,10d,2h
EOF
}
start() { :; }
stop() { :; }
send() { exim4 -odq -oi -f "$1" -- "${@:2}"; }
settle() { exim4 -q; }
waiting_for() { exim4 -bp | awk -v domain="$1" '/^ *[0-9]+[smhd] /{ id = $3 } index($0, "@" domain) { print id }'; }
retry() { waiting_for "$1" | xargs -r exim4 -M; }
expire() {
  sleep 2  # the retry rule's second is over
  retry "$1"
}
leave_log() { cp $logs/mainlog "$1/mail.log"; }
