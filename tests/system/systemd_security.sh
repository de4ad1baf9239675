#!/bin/sh
# The unit file is well-formed and keeps the service in a tight sandbox: exposure 2.0 of 10 at most.
# Exit 77: systemd-analyze is not installed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
unit=$root/deploy/systemd/bouncewatch.service
command -v systemd-analyze >/dev/null || exit 77

systemd-analyze security --offline=true --no-pager --threshold=20 "$unit"

# The program need not be installed here; any other complaint is one.
complaints=$(systemd-analyze verify "$unit" 2>&1 | grep -F bouncewatch.service | grep -v 'not executable' || true)
if [ -n "$complaints" ]; then
  echo "$complaints" >&2
  exit 1
fi
