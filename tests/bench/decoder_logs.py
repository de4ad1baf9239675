"""Logs of every format but Postfix's, made up, for measuring decoders.

lines(FORMAT, NUMBER) is what one message leaves in the log: one in six fails, and no two messages share an id or
a recipient. Pure: the same number gives the same lines.
"""

import json
from datetime import datetime, timedelta, timezone

START = datetime(2026, 11, 23, tzinfo=timezone.utc)
REPLIES = (
    (550, "5.1.1", "The email account that you tried to reach does not exist"),
    (550, "5.7.1", "Service unavailable; client host [192.0.2.10] blocked using zen.example.org"),
    (421, "4.7.0", "Messages from 192.0.2.10 temporarily deferred due to unexpected volume"),
    (452, "4.2.2", "The recipient's inbox is out of storage space"),
    (554, "5.7.26", "This mail has been blocked because the sender is unauthenticated"),
)


class Message:
    def __init__(self, number):
        self.number = number
        self.time = START + timedelta(milliseconds=73 * number)
        self.domain = "customer%d.example.net" % (number * 7919 % 5003)
        self.to = "reader.%d@%s" % (number, self.domain)
        self.sender = "news-%d@shop%d.example.com" % (number % 31, number % 97)
        self.host = "mx%d.%s" % (number % 3 + 1, self.domain)
        self.ip = "198.51.100.%d" % (number % 250 + 1)
        self.ours = "192.0.2.%d" % (number % 16 + 1)
        self.ok = number % 6 != 0
        self.reply = None if self.ok else REPLIES[number // 6 % len(REPLIES)]
        self.text = "250 2.0.0 Ok: queued as %08X" % number if self.ok else "%d %s %s" % self.reply
        self.deferred = not self.ok and self.reply[0] < 500

    def pick(self, delivered, deferred, bounced):
        return delivered if self.ok else deferred if self.deferred else bounced


def exim(m):
    stamp = m.time.strftime("%Y-%m-%d %H:%M:%S")
    digits, rest = "", m.number
    while len(digits) < 6:
        rest, digit = divmod(rest, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit] + digits
    name = "%s 1x%s-0000AB-0Q" % (stamp, digits[2:])
    fields = "%s R=dnslookup T=remote_smtp H=%s [%s] I=[%s]:40000" % (m.to, m.host, m.ip, m.ours)
    yield "%s <= %s H=app.example.com [192.0.2.200] P=esmtp S=20480 id=%d@app" % (name, m.sender, m.number)
    if m.ok:
        yield '%s => %s X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 C="%s"' % (name, fields, m.text)
        yield "%s Completed" % name
        return
    flag, defer = ("==", " defer (-44)") if m.deferred else ("**", "")
    yield "%s %s %s%s: SMTP error from remote mail server after RCPT TO:<%s>: %s" % (
        name, flag, fields, defer, m.to, m.text)


def sendmail(m):
    head = "%s mx7 sm-mta[%d]: 6AN%08x: " % (m.time.strftime("%b %d %H:%M:%S"), 1000 + m.number % 30000, m.number)
    yield head + "from=<%s>, size=20480, class=0, nrcpts=1, msgid=<%d@app>, proto=ESMTP, relay=app [192.0.2.200]" % (
        m.sender, m.number)
    reply = "" if m.ok else "reply=%s, " % m.text
    stat = m.pick("Sent (Ok: queued as %08X)" % m.number, "Deferred: " + m.text, "Service unavailable")
    yield head + ("to=<%s>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=140480, relay=%s. [%s], dsn=%s, "
                  "%sstat=%s" % (m.to, m.host, m.ip, "2.0.0" if m.ok else m.reply[1], reply, stat))


def opensmtpd(m):
    head = "%s mx7 smtpd[93]: %016x " % (m.time.strftime("%b %d %H:%M:%S"), m.number)
    evpid = "%016x" % (m.number * 2654435761)
    yield head + "smtp connected address=192.0.2.200 host=app.example.com"
    yield head + "smtp message msgid=%s size=20480 nrcpt=1 proto=ESMTP" % evpid[:8]
    yield head + "smtp envelope evpid=%s from=<%s> to=<%s>" % (evpid, m.sender, m.to)
    yield head + "mta connected"
    result = m.pick("Ok", "TempFail", "PermFail")
    yield head + ('mta delivery evpid=%s from=<%s> to=<%s> rcpt=<-> source="%s" relay="%s (%s)" delay=2s '
                  'result="%s" stat="%s"' % (evpid, m.sender, m.to, m.ours, m.ip, m.host, result, m.text))


def haraka(m):
    stamp = m.time.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (m.time.microsecond // 1000)
    uuid = "%08X-45E1-4FA3-A3A1-3D4F00000000.1" % m.number
    notice, info = "%s [NOTICE] [%s] " % (stamp, uuid), "%s [INFO] [%s] " % (stamp, uuid)
    out = "%s [NOTICE] [%s.1] [outbound] " % (stamp, uuid)
    yield notice + "[core] connect ip=192.0.2.200 port=40000 local_ip=192.0.2.1 local_port=25"
    yield notice + '[core] sender <%s> code=CONT msg=""' % m.sender
    yield notice + '[core] recipient <%s> code=OK msg="" sender=%s' % (m.to, m.sender)
    yield notice + '[core] queue code=OK msg="Message Queued (%s)"' % uuid
    yield info + "[core] hook=get_mx plugin=mx function=hook_get_mx params=%s retval=CONT" % m.domain
    if m.ok:
        yield out + ('delivered file=%d_1 domain=%s host=%s ip=%s port=25 mode=SMTP tls=N auth=N response="%s" '
                     "delay=1.2 fails=0 rcpts=1/0/0" % (m.number, m.domain, m.host, m.ip, m.text[4:]))
    else:
        yield out + "recipient <%s> %s: %s" % (m.to, "deferred" if m.deferred else "rejected", m.text)


def haraka_accounting(m):
    stamp = m.time.strftime("%Y-%m-%d %H:%M:%S")
    yield "\t".join((m.pick("d", "df", "b"), stamp, stamp, m.to, "mx7", m.ours, "vmta%d" % (m.number % 16),
                     "job-77", m.text.split(" ")[1], m.text))


def powermta(m):
    stamp = m.time.strftime("%Y-%m-%d %H:%M:%S+0000")
    action, status = m.pick("relayed", "delayed", "failed"), "2.0.0 (success)" if m.ok else m.reply[1] + " (undefined)"
    category = m.pick("success", "policy-related", "bad-mailbox")
    yield ('%s,%s,%s,%s,%s,,%s,%s,"smtp;%s",%s (%s),%s,smtp,app1 (10.0.0.5),smtp,%s,%s,'
           '"ENHANCEDSTATUSCODES,PIPELINING,8BITMIME,SIZE,STARTTLS",15422,vmta%d,job-77,,%s/vmta%d,pool-a' % (
               m.pick("d", "t", "b"), stamp, stamp, m.sender, m.to, action, status, m.text, m.host, m.ip, category,
               m.ours, m.ip, m.number % 16, m.domain, m.number % 16))


def kumomta(m):
    code, enhanced, content = (250, "2.0.0", "Ok: queued as %08X" % m.number) if m.ok else m.reply
    names = ("class", "subject", "detail")
    record = {
        "type": "Reception", "id": "%032x" % m.number, "sender": m.sender, "recipient": m.to,
        "queue": "sale:tenant%d@%s" % (m.number % 16, m.domain), "site": "", "size": 20480,
        "response": {"code": 250, "enhanced_code": None, "content": "", "command": None},
        "peer_address": {"name": "app", "addr": "192.0.2.200"}, "timestamp": int(m.time.timestamp()),
        "event_time": m.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "created": int(m.time.timestamp()),
        "num_attempts": 0, "bounce_classification": "Uncategorized", "egress_pool": None, "egress_source": None,
        "source_address": None, "feedback_report": None, "meta": {}, "headers": {"Subject": "Offers"},
        "delivery_protocol": None, "reception_protocol": "ESMTP", "nodeid": "557f3ad4-2c8c-11ee-976e-782d7e12e173"}
    yield json.dumps(record, separators=(",", ":"))
    record.update(
        type=m.pick("Delivery", "TransientFailure", "Bounce"), site="src-a->%s." % m.host,
        response={"code": code, "enhanced_code": dict(zip(names, map(int, enhanced.split(".")))),
                  "content": content, "command": "." if m.ok else "RCPT TO:<%s>" % m.to},
        peer_address={"name": m.host + ".", "addr": m.ip}, egress_pool="pool0", egress_source="src-a",
        source_address={"address": m.ours + ":53210"}, delivery_protocol="ESMTP")
    yield json.dumps(record, separators=(",", ":"))


def halon(m):
    code, enhanced, reason = (250, "2.0.0", "Ok: queued as %08X" % m.number) if m.ok else m.reply
    yield json.dumps({
        "type": "SMTP", "hostname": "mta1", "messageid": "%016x:1" % m.number, "jobid": "job-77",
        "ts_attempt": m.time.timestamp(), "status": m.pick("delivered", "deferred", "bounced"), "result_code": code,
        "result_enhanced": enhanced, "result_reason": reason, "result_state": "EOD" if m.ok else "RCPT",
        "connection_localip": m.ours, "connection_remoteip": m.ip, "connection_remotemx": m.host,
        "sender": m.sender, "recipient_localpart": m.to.split("@")[0], "recipient_domain": m.domain,
        "size": 20480}, separators=(",", ":"))


# name: (format, first line of a file, what a message leaves)
LOGS = {
    "exim": ("exim", None, exim),
    "halon": ("halon", None, halon),
    "haraka": ("haraka", None, haraka),
    "haraka, accounting": ("haraka", "type\ttimeLogged\ttimeQueued\trcpt\tsrcMta\tsrcIp\tvmta\tjobId\tdsnStatus\tdsnMsg",
                           haraka_accounting),
    "kumomta": ("kumomta", None, kumomta),
    "opensmtpd": ("opensmtpd", None, opensmtpd),
    "powermta": ("powermta", "type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,"
                 "srcType,srcMta,dlvType,dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,jobId,envId,queue,"
                 "vmtaPool", powermta),
    "sendmail": ("sendmail", None, sendmail),
}


def write(name, size, path):
    """Writes a log of at least `size` bytes; returns (bytes, messages)."""
    _, header, lines_of = LOGS[name]
    written = number = 0
    with open(path, "w", encoding="utf-8") as log:
        if header:
            written += log.write(header + "\n")
        while written < size:
            number += 1
            written += log.write("".join(line + "\n" for line in lines_of(Message(number))))
    return written, number
