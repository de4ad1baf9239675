#!/usr/bin/env python3
"""What must come out of each MTA's log: the cases of ../postfix_real/cases.py, and where an MTA differs.

  expected.py recipients MTA                    one message a line: its recipients, parted by tabs
  expected.py compare MTA BOUNCEWATCH DATA      compares a store with what is expected
"""

import sys
from collections import Counter

from cases import CASES, SOURCE_IPS, Failure, bounced, deferred

# About Postfix's own ways: its transports, its soft_bounce, its list of dead destinations.
POSTFIX_ONLY = ("soft", "by-map", "by-tag", "dead")

LEFT_OUT = {
    "haraka": {"quoted": "takes no blank in a local part"},
    "opensmtpd": {
        "quoted": "takes no quoted local part",
        "silent": "waits five minutes for a greeting; no setting shortens that",
    },
}

# OpenSMTPD says no more of a delivery that failed before MAIL FROM, whatever happened there.
NETWORK_ERROR = deferred("network.connection-lost")
# A greeting that refuses for good ends the message; Postfix alone tries on.
BANNED = bounced("blocklist.provider", "554", "5.7.1")

DIFFERENT = {
    "exim": {"banned": BANNED},
    "haraka": {
        "banned": BANNED,
        # It says that there is no host to go to, and not why.
        "no-such-domain": bounced("network.unreachable"),
        # The attempt after which it is given up is told by the same line.
        "given-up": [Failure("remote.temporary", "451", "4.3.0", "deferred", count=2)],
    },
    "opensmtpd": {
        "banned": NETWORK_ERROR,
        "crowded": NETWORK_ERROR,
        "closed": NETWORK_ERROR,
        # It logs the last line of a long reply.
        "endless": bounced("unknown.unspecified", "550", "5.7.1"),
        # It does not know RFC 7505.
        "null-mx": deferred("domain.not-found"),
    },
    "sendmail": {
        "banned": BANNED,
        # Nor does Sendmail.
        "null-mx": bounced("domain.not-found"),
        # Behind the message Sendmail's own code is all there is.
        "hang-up-late": deferred("network.connection-lost", "", "4.4.2"),
        # Tried once more in the run that gives it up.
        "given-up": [Failure("remote.temporary", "451", "4.3.0", "deferred", count=2)],
    },
}

# Where there was no connection of which the log could tell our address.
NO_SOURCE = {
    "exim": ("closed", "null-mx", "no-such-domain"),
    "opensmtpd": ("banned", "crowded", "closed", "hang-up", "null-mx", "no-such-domain"),
}
# The logs of these bear no name of a machine.
NAMELESS = ("exim", "haraka")


def cases_of(mta):
    """The cases that the MTA is sent."""
    left_out = POSTFIX_ONLY + tuple(LEFT_OUT.get(mta, ()))
    return [case for case in CASES if case.name not in left_out]


def failures_of(mta, case):
    return Counter({failure.row: failure.count for failure in DIFFERENT[mta].get(case.name, case.failures)})


def source_of(mta, case):
    """Our sending address, by the log; else by an address in the reply; else the machine."""
    if mta in NO_SOURCE and case.name not in NO_SOURCE[mta]:
        return "127.0.2.9"
    machine = "host:" if mta in NAMELESS else "host:mailout"
    return machine if mta in NO_SOURCE else SOURCE_IPS.get(case.name, machine)


def main():
    what, mta = sys.argv[1:3]
    if what == "recipients":
        for case in cases_of(mta):
            print("\t".join(part + "@" + case.domain for part in case.local_parts))
        return 0
    from compare_cases import Comparison
    comparison = Comparison(*sys.argv[3:])
    for case in cases_of(mta):
        comparison.expect_case(case, source_of(mta, case), failures_of(mta, case))
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
