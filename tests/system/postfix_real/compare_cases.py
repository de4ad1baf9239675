#!/usr/bin/env python3
"""Compares a store with what cases.py says must come out of the log: compare_cases.py BOUNCEWATCH DATA LOG"""

import json
import subprocess
import sys
from collections import Counter

from cases import CASES, DEAD_MESSAGES, SOURCE_IPS

KEYS = "domain,cause,code,enhanced,outcome,ip"


class Comparison:
    """A store, read once, and what was found wrong with it so far."""

    def __init__(self, binary, data):
        self.wrong, self.cases = [], 0
        self.failures, self.numbers, self.ips = {}, {}, {}
        for series in self.query(binary, data):
            self.add(series["key"], series["points"])

    @staticmethod
    def query(binary, data):
        command = [binary, "query", "--data", data, "--json", "--limit", "0", "--by", KEYS]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["series"]

    def add(self, key, points):
        domain = key["domain"]
        for point in points:
            count = point["deferred"] + point["bounced"]
            code = "" if key["code"] == "0" else key["code"]
            if count:
                row = (key["cause"], code, key["enhanced"], key["outcome"])
                self.failures.setdefault(domain, Counter())[row] += count
            totals = self.numbers.setdefault(domain, Counter())
            totals.update(delivered=point["delivered"], expired=point["expired"])
            if point["attempts"]:
                self.ips.setdefault(domain, set()).add(key["ip"])

    def expect(self, case, what, expected, found):
        if expected != found:
            self.wrong.append("%s: %s\n  expected %r\n  found    %r" % (case.name, what, expected, found))

    def expect_case(self, case, source, failures=None):
        """`failures`: a Counter of rows where the case's own do not tell."""
        self.cases += 1
        numbers = self.numbers.get(case.domain, Counter())
        rows = failures or Counter({failure.row: failure.count for failure in case.failures})
        self.expect(case, "failures", rows, self.failures.get(case.domain, Counter()))
        self.expect(case, "delivered", case.delivered, numbers["delivered"])
        self.expect(case, "expired", case.expired, numbers["expired"])
        self.expect(case, "source", {source}, self.ips.get(case.domain))

    def finish(self):
        print("\n".join(self.wrong) or "%d cases as expected" % self.cases)
        return 1 if self.wrong else 0


def main():
    binary, data, log = sys.argv[1:]
    comparison = Comparison(binary, data)
    with open(log, encoding="utf-8", errors="replace") as file:
        dead_lines = [line for line in file if "to=<someone@dead.test>" in line]
    tried = sum("(delivery temporarily suspended" not in line for line in dead_lines)
    for case in CASES:
        rows = None
        if case.name == "dead":
            rows = Counter({("network.connect-timeout", "", "", "deferred"): tried})
            comparison.expect(case, "lines in the log, and echoes among them", (DEAD_MESSAGES, True),
                              (len(dead_lines), tried < DEAD_MESSAGES))
        comparison.expect_case(case, SOURCE_IPS.get(case.name, "host:mailout"), rows)
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
