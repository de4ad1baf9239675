#!/usr/bin/env python3
"""Turns RFC 3339 log lines into systemd's journal export format (systemd.io/JOURNAL_EXPORT_FORMATS).

usage: journal_export.py LOG > EXPORT        then: systemd-journal-remote -o FILE.journal EXPORT
"""
import datetime
import re
import sys

LINE = re.compile(r"^(\S+) (\S+) ([^\s\[]+)\[(\d+)\]: (.*)$")
BOOT = "0123456789abcdef0123456789abcdef"

for number, line in enumerate(open(sys.argv[1], encoding="utf-8", errors="replace")):
    match = LINE.match(line.rstrip("\n"))
    if not match:
        sys.exit(f"line {number + 1} is no log line")
    stamp, host, identifier, pid, message = match.groups()
    microseconds = int(datetime.datetime.fromisoformat(stamp).timestamp() * 1_000_000)
    print(f"__REALTIME_TIMESTAMP={microseconds}\n__MONOTONIC_TIMESTAMP={number + 1}\n_BOOT_ID={BOOT}\n"
          f"_SOURCE_REALTIME_TIMESTAMP={microseconds}\n_HOSTNAME={host}\nSYSLOG_FACILITY=2\n"
          f"SYSLOG_IDENTIFIER={identifier}\nSYSLOG_PID={pid}\nMESSAGE={message}\n")
