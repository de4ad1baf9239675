#!/usr/bin/env python3
"""What must come out of each MTA's log: the cases of ../postfix_real/cases.py, and where an MTA differs.

  expected.py recipients MTA                    one message a line: its recipients, parted by tabs
  expected.py compare MTA BOUNCEWATCH DATA      compares a store with what is expected
"""

import sys

from cases import CASES, SOURCE_IPS

# About Postfix's own ways: its transports, its soft_bounce, its list of dead destinations.
POSTFIX_ONLY = ("soft", "by-map", "by-tag", "dead")

LEFT_OUT = {
    "opensmtpd": {
        "quoted": "takes no quoted local part",
        "silent": "waits five minutes for a greeting; no setting shortens that",
    },
}
DIFFERENT = {}


def cases_of(mta):
    """The cases that the MTA is sent, as they end there."""
    left_out = LEFT_OUT.get(mta, {})
    for case in CASES:
        if case.name not in POSTFIX_ONLY and case.name not in left_out:
            yield DIFFERENT.get(mta, {}).get(case.name, case)


def source_of(mta, case):
    """Our sending address, from the log; or else from an address in the reply; or else the machine."""
    if mta in ("exim", "opensmtpd"):
        return "127.0.2.9"
    return SOURCE_IPS.get(case.name, "host:mailout")


def main():
    what, mta = sys.argv[1:3]
    if what == "recipients":
        for case in cases_of(mta):
            print("\t".join(part + "@" + case.domain for part in case.local_parts))
        return 0
    from compare_cases import Comparison
    comparison = Comparison(*sys.argv[3:])
    for case in cases_of(mta):
        comparison.expect_case(case, source_of(mta, case))
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
