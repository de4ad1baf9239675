#!/usr/bin/env python3
"""Prints ids of messages in Postfix's queue: queue_of.py --not-deferred | --to DOMAIN..."""

import json
import subprocess
import sys

domains = {argument for argument in sys.argv[1:] if not argument.startswith("--")}
listing = subprocess.run(["postqueue", "-j"], stdout=subprocess.PIPE, check=True).stdout
for line in listing.decode("utf-8", "replace").splitlines():
    message = json.loads(line)
    to = {recipient["address"].rpartition("@")[2] for recipient in message["recipients"]}
    if to & domains if domains else message["queue_name"] != "deferred":
        print(message["queue_id"])
