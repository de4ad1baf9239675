#!/bin/bash
# Runs a real MTA against the receivers of ../postfix_real/sink.py and leaves its log: make_log.sh MTA FOLDER OUT
#
# FOLDER is what fetch.sh made; OUT gets the log "mail.log", and whatever else the MTA's file here copies to it.
# Everything happens in private namespaces: own loopback, own mounts, own processes, in which the packages' files
# lie over the machine's. Nothing of the host is changed, nothing leaves the machine. Needs root.
#
# The MTA's file, MTA.sh beside this one, has the functions
#   configure          writes the configuration into this machine's places
#   start, stop        of a daemon, where there must be one
#   send FROM TO...    queues one message from standard input
#   settle             returns when every message that is due has been tried
#   retry DOMAIN       tries what waits for the domain again
#   expire DOMAIN      lets what waits for the domain be given up
#   leave_log OUT      copies the log
set -eu
if [ -z "${BOUNCEWATCH_MTA_LAB:-}" ]; then
  mkdir -p "$3"
  BOUNCEWATCH_MTA_LAB=1 exec unshare --net --mount --pid --fork --kill-child \
    "$0" "$1" "$(realpath "$2")" "$(realpath "$3")"
fi
here=$(cd "$(dirname "$0")" && pwd)
mta=$1 folder=$2 out=$3 lab=/run/bouncewatch-mta-lab
export TZ=UTC PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../postfix_real

mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p $lab/etc $lab/dev
ip link set lo up
# Resolvers ask for addresses of a family only where an interface besides the loopback has one.
ip link add v0 type veth peer name v1
ip addr add 10.99.0.1/24 dev v0
ip link set v0 up

# The packages' files over those of the machine.
cp /etc/passwd /etc/group $lab/etc
number=9100
for name in Debian-exim smmta smmsp opensmtpd opensmtpq; do
  number=$((number + 1))
  echo "$name:x:$number:$number::/nonexistent:/usr/sbin/nologin" >> $lab/etc/passwd
  echo "$name:x:$number:" >> $lab/etc/group
done
echo mailout.example.com > $lab/etc/mailname
printf '127.0.0.1 mailout.example.com mailout localhost\n' > $lab/etc/hosts
echo "nameserver 127.0.0.53" > $lab/etc/resolv.conf
for file in hosts resolv.conf; do umount /etc/$file 2> /dev/null || true; done
# over DIRECTORY LAYER...: the layers that exist over the directory, and what is written over all.
over() {
  local layers="" layer
  for layer in "${@:2}"; do [ ! -d "$layer" ] || layers+=$layer:; done
  mkdir -p "$lab/over$1" "$lab/work$1"
  mount -t overlay overlay -o "lowerdir=$layers$1,upperdir=$lab/over$1,workdir=$lab/work$1" "$1"
}
over /usr "$folder/root/usr"
over /etc $lab/etc "$folder/root/etc"
for directory in /var/spool /var/log /var/lib /var/mail; do mount -t tmpfs -o mode=755 tmpfs $directory; done

# /dev belongs to the whole machine; /dev/log must be our own.
mount -t tmpfs -o mode=755 tmpfs $lab/dev
for device in null zero random urandom; do
  touch $lab/dev/$device
  mount --bind /dev/$device $lab/dev/$device
done
mount --rbind $lab/dev /dev

# starts NAME COMMAND...: in the background; returns when it has printed "ready".
starts() {
  "${@:2}" > "$lab/$1.log" 2>&1 < /dev/null &
  for _ in $(seq 100); do grep -qs ready "$lab/$1.log" && return; sleep 0.1; done
  cat "$lab/$1.log" >&2
  return 1
}
# until_true COMMAND...: fails when the command does not succeed in two minutes.
until_true() {
  for _ in $(seq 600); do "$@" && return; sleep 0.2; done
  echo "not in time: $*" >&2
  return 1
}

# shellcheck source=/dev/null
. "$here/$mta.sh"
starts syslog python3 "$here/syslog.py" /dev/log /var/log/mail.log
starts sink python3 "$here/../postfix_real/sink.py"
configure
start
python3 "$here/expected.py" recipients "$mta" > $lab/recipients
while IFS=$'\t' read -r -a recipients; do
  printf 'Subject: test\n\nhello\n' | send bounces@news.example.com "${recipients[@]}"
done < $lab/recipients
settle
retry grey.test
settle
expire given-up.test
settle
stop
leave_log "$out"
