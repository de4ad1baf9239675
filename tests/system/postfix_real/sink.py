#!/usr/bin/env python3
"""An SMTP receiver that misbehaves as cases.py says, and the DNS that leads to it. Loopback only.

Listens on port 25 of each case's address, and on 127.0.0.53:53. Prints "ready" when all of it is up.
"""

import asyncio
import socket
import struct

from cases import CASES, address_of

TYPE_A, TYPE_MX = 1, 15
NXDOMAIN = 3


class Receiver:
    """Speaks SMTP for one case."""

    def __init__(self, case):
        self.case = case
        self.refused_once = False

    def lines(self, peer):
        for line in self.case.reply:
            line = line if isinstance(line, bytes) else line.replace("{peer}", peer).encode()
            yield line + b"\r\n"

    async def serve(self, reader, writer):
        try:
            await self.converse(reader, writer, writer.get_extra_info("peername")[0])
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def converse(self, reader, writer, peer):
        stage = self.case.stage
        reply = b"".join(self.lines(peer))
        if stage == "drop-banner":
            return
        if stage == "silent":
            await asyncio.sleep(60)
            return
        writer.write(reply if stage == "banner" else b"220 mx.%s ESMTP\r\n" % self.case.domain.encode())
        while True:
            line = await reader.readline()
            verb = line[:4].upper()
            if not line:
                return
            if stage == "banner" and verb != b"QUIT":
                writer.write(reply)
            elif verb == b"EHLO":
                writer.write(b"250-mx.%s\r\n250-8BITMIME\r\n" % self.case.domain.encode())
                writer.write(b"250 ENHANCEDSTATUSCODES\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 Bye\r\n")
                return
            elif verb == b"MAIL" and stage == "mail" or verb == b"RCPT" and self.refuses(line):
                writer.write(reply)
            elif verb == b"DATA":
                writer.write(b"354 Go on\r\n")
                while await reader.readline() not in (b".\r\n", b""):
                    pass
                if stage == "drop-end":
                    return
                writer.write(reply if stage == "end" else b"250 2.0.0 Ok: queued as 4F00BA12\r\n")
            else:
                writer.write(b"250 2.1.0 Ok\r\n")

    def refuses(self, rcpt_line):
        if self.case.stage == "rcpt-once" and not self.refused_once:
            self.refused_once = True
            return True
        return self.case.stage == "rcpt" and b"<good@" not in rcpt_line


class Dns(asyncio.DatagramProtocol):
    """Answers A and MX for the cases' domains; anything else is no such domain, or has no such record."""

    def __init__(self):
        self.hosts = {"mx." + case.domain: address_of(case) for case in CASES}
        self.hosts["mx.news.example.com"] = address_of(CASES[0])
        self.mx = {case.domain: "mx." + case.domain for case in CASES if case.stage != "nxdomain"}
        self.mx["news.example.com"] = "mx.news.example.com"
        self.mx.update((case.domain, "") for case in CASES if case.stage == "nullmx")

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        query_id, _, questions, _, _, _ = struct.unpack("!6H", data[:12])
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode("ascii", "replace").lower())
            at += 1 + data[at]
        kind = struct.unpack("!H", data[at + 1:at + 3])[0]
        name, question = ".".join(labels), data[12:at + 5]
        answer = b""
        if kind == TYPE_A and name in self.hosts:
            answer = socket.inet_aton(self.hosts[name])
        elif kind == TYPE_MX and name in self.mx:
            host = self.mx[name]
            answer = struct.pack("!H", 0) + b"".join(
                bytes([len(label)]) + label.encode() for label in host.split(".") if label) + b"\0"
        known = name in self.hosts or name in self.mx
        flags = 0x8580 | (0 if known else NXDOMAIN)
        header = struct.pack("!6H", query_id, flags, questions, bool(answer), 0, 0)
        record = struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(answer)) + answer if answer else b""
        self.transport.sendto(header + question + record, address)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Dns, local_addr=("127.0.0.53", 53))
    for case in CASES:
        if case.stage not in ("closed", "nullmx", "nxdomain"):
            await asyncio.start_server(Receiver(case).serve, address_of(case), 25)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
