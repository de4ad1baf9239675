#!/usr/bin/env python3
"""Compares what a store holds with the truth that generate_postfix_log wrote beside its log.

usage: compare_truth.py BOUNCEWATCH DATA TRUTH.json

Asks `bouncewatch query` by every key and for every minute, and compares each number. Prints the first
differences. Exit code 0: equal.
"""

import datetime
import json
import subprocess
import sys

COUNTS = ("attempts", "delivered", "deferred", "bounced", "expired")
# An expiry line names neither transport nor receiver: what expired is known by domain and sender only.
KEYS_WITH_EXPIRED = ("domain", "sender_domain")
FIRST_DIFFERENCES = 5


def query(binary, data, start, end, key, step="all"):
    command = [binary, "query", "--data", data, "--json", "--limit", "0", "--by", key, "--step", step]
    command += ["--from", start, "--to", end]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(output)["series"]


def counts_of(point, names, with_causes):
    counts = {name: point.get(name, 0) for name in names if point.get(name, 0)}
    causes = {cause: count for cause, count in point.get("causes", {}).items() if count}
    if with_causes and causes:
        counts["causes"] = causes
    return counts


def by_key(series, key, names, with_causes):
    found = {}
    for one in series:
        for point in one["points"]:
            counts = counts_of(point, names, with_causes)
            if counts:
                found[one["key"].get(key) or ""] = counts
    return found


def by_minute(series):
    """Adds up the series of one query with --step 1m."""
    found = {}
    for one in series:
        for point in one["points"]:
            counts = found.setdefault(point["t"], {})
            for name in COUNTS:
                if point.get(name, 0):
                    counts[name] = counts.get(name, 0) + point[name]
            for cause, count in point.get("causes", {}).items():
                if count:
                    causes = counts.setdefault("causes", {})
                    causes[cause] = causes.get(cause, 0) + count
    return {minute: counts for minute, counts in found.items() if counts}


def flat(counts):
    """The causes beside the outcomes."""
    counts = dict(counts or {})
    counts.update(counts.pop("causes", {}))
    return counts


def differences(what, expected, found):
    every = sorted(expected.keys() | found.keys())
    names = [name for name in every if expected.get(name) != found.get(name)]
    print("%-14s %d %s, %d differ" % (what, len(expected), "equal" if not names else "expected", len(names)))
    for name in names[:FIRST_DIFFERENCES]:
        one, other = flat(expected.get(name)), flat(found.get(name))
        fields = sorted(field for field in one.keys() | other.keys() if one.get(field) != other.get(field))
        print("  %r: %s" % (name, ", ".join("%s %d, not %d" % (field, other.get(field, 0), one.get(field, 0))
                                            for field in fields)))
    return len(names)


def add(counts, into):
    for field, count in counts.items():
        if isinstance(count, dict):
            add(count, into.setdefault(field, {}))
        else:
            into[field] = into.get(field, 0) + count


def without_unmapped(got, named):
    """Receivers that no rule knows have the domain of their relay host as group; the truth calls them all ''."""
    merged = {}
    for name, counts in got.items():
        add(counts, merged.setdefault(name if name in named else "", {}))
    return merged


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    binary, data, truth_path = sys.argv[1:]
    with open(truth_path, encoding="utf-8") as file:
        truth = json.load(file)
    minutes = sorted(truth["minute"])
    last = datetime.datetime.strptime(minutes[-1], "%Y-%m-%dT%H:%M:%SZ")
    start, end = minutes[0], (last + datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    wrong = 0
    for key in ("domain", "sender_domain", "ip", "provider", "cause", "outcome"):
        names = COUNTS if key in KEYS_WITH_EXPIRED else COUNTS[:4]
        if key == "cause":  # what a delivery is labelled with is of no interest here
            names = ("deferred", "bounced")
        expected = {name: counts_of(point, names, True) for name, point in truth[key].items()}
        expected = {name: counts for name, counts in expected.items() if counts}
        got = by_key(query(binary, data, start, end, key), key, names, True)
        if key == "provider":
            got = without_unmapped(got, truth[key])
        wrong += differences(key, expected, got)
    by_outcome = query(binary, data, start, end, "outcome", "1m")
    wrong += differences("minute", truth["minute"], by_minute(by_outcome))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
