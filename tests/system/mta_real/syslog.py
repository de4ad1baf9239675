#!/usr/bin/env python3
"""Writes what comes to a syslog socket into a file, as rsyslog's traditional format has it: syslog.py SOCKET FILE"""

import os
import re
import socket
import sys

path, log = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog, open(log, "ab", buffering=0) as file:
    syslog.bind(path)
    os.chmod(path, 0o666)
    print("ready", flush=True)
    while True:
        message = syslog.recv(65536).rstrip(b"\0\n")
        # "<22>Nov 23 03:45:29 sm-mta[93]: ..." has no host.
        match = re.match(rb"<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (.*)", message, re.DOTALL)
        if match:
            file.write(match[1] + b" mailout " + match[2].replace(b"\n", b"#012") + b"\n")
