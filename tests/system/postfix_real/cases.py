"""What each receiver does, and what must come out of it. One recipient domain a case: "<name>.test".

A Case's `stage` says where its reply is given: banner, mail, rcpt, rcpt-once, end; or a fault of the line:
drop-banner, drop-end, silent (no greeting), closed (nobody listens), nullmx, nxdomain; or ok. `{peer}` in a reply
is the address that connected. Every case has an address of its own, 127.0.1.<n>, in the order of this list.
"""


class Failure:
    """One line of the expected answer: what a failed attempt is stored as."""

    def __init__(self, cause, code, enhanced, outcome, count=1):
        self.row = (cause, code, enhanced, outcome)
        self.count = count


class Case:
    def __init__(self, name, stage, reply, failures, delivered=0, expired=0, local_parts=("someone",)):
        self.name, self.stage, self.failures = name, stage, failures
        self.reply = [reply] if isinstance(reply, (str, bytes)) else reply
        self.delivered, self.expired, self.local_parts = delivered, expired, local_parts
        self.domain = name + ".test"


def bounced(cause, code="", enhanced=""):
    return [Failure(cause, code, enhanced, "bounced")]


def deferred(cause, code="", enhanced=""):
    return [Failure(cause, code, enhanced, "deferred")]


CASES = [
    Case("fine", "ok", "", [], delivered=1),
    Case("listed", "rcpt", "550 5.7.1 Service unavailable; client [{peer}] blocked using zen.spamhaus.org",
         bounced("blocklist.ip", "550", "5.7.1")),
    Case("policy", "end", "550 5.7.1 Message rejected due to local policy",
         bounced("policy.local", "550", "5.7.1")),
    Case("nobody", "rcpt", "550 5.1.1 <someone@nobody.test>: user unknown",
         bounced("recipient.unknown-user", "550", "5.1.1")),
    Case("plain", "rcpt", "550 User unknown", bounced("recipient.unknown-user", "550")),
    Case("full", "rcpt", "452 4.2.2 Mailbox is over quota",
         deferred("recipient.mailbox-full", "452", "4.2.2")),
    Case("full-for-good", "rcpt", "552 5.2.2 Mailbox is over quota",
         bounced("recipient.mailbox-full", "552", "5.2.2")),
    Case("slow-down", "mail", "421 4.7.0 Too many messages from {peer}, slow down",
         deferred("rate.messages", "421", "4.7.0")),
    Case("trouble", "rcpt", "451 4.3.0 Temporary server error, try again later",
         deferred("remote.temporary", "451", "4.3.0")),
    # Postfix defers a refusal in the greeting whatever its code says, and logs it as 4.0.0.
    Case("banned", "banner", "554 5.7.1 Your IP {peer} is on our block list",
         deferred("blocklist.provider", "554", "5.7.1")),
    Case("crowded", "banner", "421 4.7.0 Too many concurrent connections from {peer}",
         deferred("rate.connections", "421", "4.7.0")),
    Case("lines", "end", ["550-5.7.26 Unauthenticated mail is not taken here:",
                          "550-5.7.26 neither SPF nor DKIM passed for news.example.com.",
                          "550 5.7.26 Ask your postmaster."],
         bounced("auth.unauthenticated", "550", "5.7.26")),
    Case("dmarc", "end", "550 5.7.1 Rejected by the DMARC policy of news.example.com",
         bounced("auth.dmarc", "550", "5.7.1")),
    Case("grey", "rcpt-once", "450 4.2.0 Greylisted, come back in 5 minutes",
         deferred("greylist.greylisted", "450", "4.2.0"), delivered=1),
    Case("soft", "rcpt", "550 5.1.1 <someone@soft.test>: user unknown",
         deferred("recipient.unknown-user", "550", "5.1.1")),
    Case("quoted", "rcpt", "550 5.1.1 user unknown", bounced("recipient.unknown-user", "550", "5.1.1"),
         local_parts=('"x> status=sent"',)),
    Case("brackets", "end", "550 5.7.1 Blocked as spam (score (9)) status=sent (250 ok) dsn=2.0.0",
         bounced("content.spam", "550", "5.7.1")),
    Case("bytes", "rcpt", b"550 5.1.1 \xfc\xe4\xff\x01: user unknown",
         bounced("recipient.unknown-user", "550", "5.1.1")),
    # Cut by Postfix: the closing bracket and the command are gone.
    Case("endless", "end", ["550-5.7.1 Message rejected as spam"] + ["550-5.7.1 " + "because " * 40] * 9 +
         ["550 5.7.1 because"], bounced("content.spam", "550", "5.7.1")),
    Case("virus", "end", "554 5.7.1 Virus found in message", bounced("content.malicious", "554", "5.7.1")),
    Case("big", "end", "552 5.3.4 Message size exceeds the size limit",
         bounced("content.too-large", "552", "5.3.4")),
    Case("no-relay", "rcpt", "554 5.7.1 <someone@no-relay.test>: Relay access denied",
         bounced("relay.denied", "554", "5.7.1")),
    Case("starttls", "mail", "530 5.7.0 Must issue a STARTTLS command first",
         bounced("tls.required", "530", "5.7.0")),
    Case("pair", "rcpt", "550 5.1.1 user unknown", bounced("recipient.unknown-user", "550", "5.1.1"),
         delivered=1, local_parts=("good", "bad")),
    Case("given-up", "rcpt", "451 4.3.0 Temporary server error, try again later",
         deferred("remote.temporary", "451", "4.3.0"), expired=1),
    Case("hang-up", "drop-banner", "", deferred("network.connection-lost")),
    Case("hang-up-late", "drop-end", "", deferred("network.connection-lost")),
    Case("silent", "silent", "", deferred("network.connect-timeout")),
    Case("closed", "closed", "", deferred("network.connect-refused")),
    Case("null-mx", "nullmx", "", bounced("domain.null-mx")),
    Case("no-such-domain", "nxdomain", "", bounced("domain.not-found")),
    # Who sent it: a transport in [identity.transports], and one with its address in the tag.
    Case("by-map", "rcpt", "550 5.1.1 user unknown", bounced("recipient.unknown-user", "550", "5.1.1")),
    Case("by-tag", "rcpt", "550 5.1.1 user unknown", bounced("recipient.unknown-user", "550", "5.1.1")),
    # Tried until Postfix holds the destination for dead; the rest of its messages are only echoes of that.
    # How many were tried is counted in the log.
    Case("dead", "silent", "", []),
]

# The address a case is sent from, where the log lets one know: by map, by tag, by an address in the reply.
SOURCE_IPS = {"by-map": "127.0.2.1", "by-tag": "127.0.2.2"}
SOURCE_IPS.update((case, "127.0.2.9") for case in ("listed", "slow-down", "banned", "crowded"))

DEAD_MESSAGES = 12


def address_of(case):
    return "127.0.1.%d" % (1 + CASES.index(case))
