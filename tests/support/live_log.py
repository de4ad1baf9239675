#!/usr/bin/env python3
"""Writes a Postfix log that grows now, for tests that need a living source.

usage: live_log.py LOG CONTROL

CONTROL holds two numbers, RATE and EVERY: RATE attempts a second, one out of EVERY is bounced with 5.7.1. The file may be
replaced at any time. Ends when it is removed.
"""
import datetime
import sys
import time

TICK_S = 0.1
HOST = "mx1"
RELAY = "aspmx.l.google.com[192.0.2.26]:25"
REFUSED = ("dsn=5.7.1, status=bounced (host aspmx.l.google.com[192.0.2.26] said: 550 5.7.1 this message was refused by "
           "policy (in reply to end of DATA command))")
ACCEPTED = "dsn=2.0.0, status=sent (250 2.0.0 OK)"


def lines_of(number, refused):
    stamp = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
    queue_id = f"4{number:010X}"
    outcome = REFUSED if refused else ACCEPTED
    yield f"{stamp} {HOST} postfix/qmgr[700]: {queue_id}: from=<news@example.com>, size=1200, nrcpt=1 (queue active)\n"
    yield (f"{stamp} {HOST} postfix/smtp[{1000 + number % 20}]: {queue_id}: to=<user{number}@example.org>, "
           f"relay={RELAY}, delay=0.5, delays=0.1/0/0.2/0.2, {outcome}\n")
    yield f"{stamp} {HOST} postfix/qmgr[700]: {queue_id}: removed\n"


def main():
    log_path, control_path = sys.argv[1:]
    number, due, last = 0, 0.0, time.monotonic()
    with open(log_path, "a", encoding="ascii") as log:
        while True:
            try:
                with open(control_path, encoding="ascii") as control:
                    rate, every = map(int, control.read().split())
            except FileNotFoundError:
                return
            now = time.monotonic()
            due += rate * (now - last)
            last = now
            for _ in range(int(due)):
                number += 1
                log.writelines(lines_of(number, number % every == 0))
            due -= int(due)
            log.flush()
            time.sleep(TICK_S)


main()
