#!/usr/bin/env python3
"""Compares a store with what cases.py says must come out of the log: compare_cases.py BOUNCEWATCH DATA LOG"""

import json
import subprocess
import sys
from collections import Counter

from cases import CASES, DEAD_MESSAGES, SOURCE_IPS

KEYS = "domain,cause,code,enhanced,outcome,ip"


def query(binary, data):
    command = [binary, "query", "--data", data, "--json", "--limit", "0", "--by", KEYS]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["series"]


def main():
    binary, data, log = sys.argv[1:]
    failures, numbers, ips = {}, {}, {}
    for series in query(binary, data):
        key = series["key"]
        domain = key["domain"]
        for point in series["points"]:
            count = point["deferred"] + point["bounced"]
            code = "" if key["code"] == "0" else key["code"]
            if count:
                row = (key["cause"], code, key["enhanced"], key["outcome"])
                failures.setdefault(domain, Counter())[row] += count
            totals = numbers.setdefault(domain, Counter())
            totals.update(delivered=point["delivered"], expired=point["expired"])
            if point["attempts"]:
                ips.setdefault(domain, set()).add(key["ip"])

    wrong = []

    def expect(case, what, expected, found):
        if expected != found:
            wrong.append("%s: %s\n  expected %r\n  found    %r" % (case.name, what, expected, found))

    with open(log, encoding="utf-8", errors="replace") as file:
        dead_lines = [line for line in file if "to=<someone@dead.test>" in line]
    tried = sum("(delivery temporarily suspended" not in line for line in dead_lines)

    for case in CASES:
        rows = Counter({failure.row: failure.count for failure in case.failures})
        if case.name == "dead":
            rows = Counter({("network.connect-timeout", "", "", "deferred"): tried})
            expect(case, "lines in the log, and echoes among them", (DEAD_MESSAGES, True),
                   (len(dead_lines), tried < DEAD_MESSAGES))
        expect(case, "failures", rows, failures.get(case.domain, Counter()))
        expect(case, "delivered", case.delivered, numbers.get(case.domain, Counter())["delivered"])
        expect(case, "expired", case.expired, numbers.get(case.domain, Counter())["expired"])
        expect(case, "source", {SOURCE_IPS.get(case.name, "host:mailout")}, ips.get(case.domain))
    print("\n".join(wrong) or "%d cases as expected" % len(CASES))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
