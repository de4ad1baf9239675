# shellcheck shell=bash
# Haraka. haraka-plugin-accounting-files 0.7.0 does not start under this release. See make_log.sh.
site=$lab/haraka program=$folder/haraka/node_modules/Haraka/bin/haraka

configure() {
  mkdir -p $site/config $site/queue $site/plugins
  ln -s "$folder/haraka/node_modules" $site/node_modules
  cp "$folder"/haraka/node_modules/Haraka/config/*.ini $site/config
  echo mailout.example.com > $site/config/me
  printf 'listen=127.0.0.1:25\n' > $site/config/smtp.ini
  printf '[main]\nlevel=info\ntimestamps=true\n' > $site/config/log.ini
  echo lab > $site/config/plugins
  printf 'local_mx_ok=true\nconnect_timeout=2\nenable_tls=false\ntemp_fail_intervals=1000m\n' \
    > $site/config/outbound.ini
  cat > $site/plugins/lab.js << 'EOF'
'use strict'
const net_utils = require('haraka-net-utils')

exports.hook_rcpt = (next, connection) => {
  connection.relaying = true
  next(OK)
}

// The stock answer, sent from the address of the lab.
exports.hook_get_mx = (next, hmail, domain) => {
  net_utils.get_mx(domain).then(
    (hosts) => {
      const found = hosts.filter((host) => host.exchange)
      return found.length ? next(OK, found.map((host) => ({ ...host, bind: '127.0.2.9' }))) : next()
    },
    () => next(),
  )
}

// Tried again at once; what else waits does so until the lab is gone.
exports.hook_deferred = (next, hmail) => {
  if (['grey.test', 'given-up.test'].includes(hmail.todo.domain)) return next(DENYSOFT, '1')
  next()
}
EOF
}
is_up() { (exec 3<> /dev/tcp/127.0.0.1/25) 2> /dev/null; }
start() {
  node "$program" -c $site > $lab/haraka.log 2>&1 < /dev/null &
  until_true is_up || { cat $lab/haraka.log >&2; return 1; }
}
stop() { :; }
send() { python3 "$here/send.py" "$@"; }
# What is still in the queue was tried and waits for long.
settled() { ! find $site/queue -type f | grep -qvE '/[0-9]+_[0-9]+_1_' && [ -z "$(waiting given-up.test)" ]; }
waiting() { find $site/queue -type f -exec grep -l "$1" {} +; }
settle() { until_true settled; }
retry() { :; }
expire() { :; }
leave_log() { cp $lab/haraka.log "$1/mail.log"; }
