#!/usr/bin/env python3
"""Sends standard input to the MTA on this machine's port 25: send.py FROM TO..."""

import smtplib
import sys

sender, *recipients = sys.argv[1:]
with smtplib.SMTP("127.0.0.1", 25, local_hostname="mailout.example.com") as smtp:
    smtp.sendmail(sender, recipients, sys.stdin.buffer.read().replace(b"\n", b"\r\n"))
