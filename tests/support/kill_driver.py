#!/usr/bin/env python3
"""Kills `bouncewatch run` many times while it reads a growing log, and compares the store with a straight run.

usage: kill_driver.py BOUNCEWATCH CONFIG FULL LIVE KILLS SEED [KILL_AT_CALL.so]

Appends FULL to LIVE in pieces that end anywhere, over the lives of the daemon, and rotates it now and then.
Half of the lives end after a random share of processor time, which a busy machine does not change, from the first
instruction on; the others, where the library is given, at a random call that changes the disk: in the opening of the
store, in a commit, in the folding of an hour. The last life reads to the end and is stopped in order. Then LIVE's bytes are replayed into a store of their own, and both
must answer alike, by every key and by minute. Exit code 0: they do.
"""
import glob
import json
import os
import random
import signal
import subprocess
import sys
import time

KEYS = ("domain", "ip", "provider", "sender_domain", "cause", "enhanced", "code", "outcome", "host", "template")
QUESTIONS = [(key, "all") for key in KEYS] + [("domain,cause,outcome", "1m")]
COMMIT_INTERVAL_MS = 10
LIFE_CPU_S, LIFE_WALL_S = 0.25, 3
IDLE_S = 0.15  # a life ends when the log has not grown for so long
CALLS_MAX = 100  # of one life that change the disk: about twice as many as the opening makes
LAST_LIFE_S = 60  # without any progress


class Log:
    """The log as its writer makes it."""

    def __init__(self, full, live, kills, draw):
        with open(full, "rb") as file:
            self.data = file.read()
        self.live, self.draw, self.at, self.generations = live, draw, 0, 0
        self.share, self.due = len(self.data) / kills, 0
        open(live, "wb").close()

    def append(self, size):
        size = min(size, len(self.data) - self.at)
        with open(self.live, "ab", buffering=0) as out:
            out.write(self.data[self.at:self.at + size])
        self.at += size

    def begin_life(self):
        self.due += self.share

    def grow(self):
        """False: this life has had its share."""
        if self.at >= self.due:
            return False
        self.append(self.draw.randint(1, int(self.share / 4)))
        return True

    def rotate(self):
        end = self.data.find(b"\n", self.at) + 1
        self.append((end or len(self.data)) - self.at)
        for i in range(self.generations, 0, -1):
            os.rename(f"{self.live}.{i}", f"{self.live}.{i + 1}")
        os.rename(self.live, f"{self.live}.1")
        self.generations += 1
        open(self.live, "wb").close()

    def finish(self):
        self.append(len(self.data) - self.at)


def cpu_s(pid):
    total_ns = 0
    for thread in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(thread, encoding="ascii") as file:
                total_ns += int(file.read().split()[0])
        except (OSError, IndexError):  # the thread has ended
            pass
    return total_ns / 1e9


def first_life(command, log, binary, data):
    """A log that is rotated away before it was ever seen is not followed: the lives begin behind a first commit."""
    log.begin_life()
    log.grow()
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + LAST_LIFE_S
    question = [binary, "query", "--data", data, "--by", "domain", "--from", "2000-01-01T00:00:00Z", "--json"]
    while b"attempts" not in subprocess.run(question, capture_output=True, check=False).stdout:
        if time.monotonic() > deadline:
            sys.exit("the first life commits nothing")
        time.sleep(0.1)
        log.grow()
    daemon.kill()
    daemon.wait()


def live_once(command, log, draw, library):
    """True when it died in a call."""
    environment = dict(os.environ)
    at_call = library and draw.random() < 0.5
    if at_call:
        environment["LD_PRELOAD"] = library
        environment["BOUNCEWATCH_TEST_KILL_AT_CALL"] = str(draw.randint(1, CALLS_MAX))
    log.begin_life()
    end_cpu_s = LIFE_CPU_S if at_call else draw.uniform(0, LIFE_CPU_S)
    daemon = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    start = grown = time.monotonic()
    while daemon.poll() is None and cpu_s(daemon.pid) < end_cpu_s:
        time.sleep(0.01)
        now = time.monotonic()
        if log.grow():
            grown = now
        if now - start > LIFE_WALL_S or (now - grown > IDLE_S and cpu_s(daemon.pid) > LIFE_CPU_S / 2):
            break
    died_in_call = daemon.poll() is not None
    if not died_in_call:
        daemon.kill()
    code = daemon.wait()
    if code != -signal.SIGKILL:
        sys.exit(f"the daemon ended by itself with code {code}")
    return died_in_call


def dump(binary, data):
    answers = []
    for by, step in QUESTIONS:
        command = [binary, "query", "--data", data, "--json", "--limit", "0", "--by", by, "--step", step]
        command += ["--from", "2000-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"]
        answers.append(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return answers


def totals(answer):
    points = [point for series in json.loads(answer)["series"] for point in series["points"]]
    return {name: sum(point[name] for point in points)
            for name in ("attempts", "delivered", "deferred", "bounced", "expired")}


def last_life(command, log, binary, data, straight):
    """Until the answers are the straight run's, or do not change any more."""
    log.finish()
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    last, changed = None, time.monotonic()
    while time.monotonic() - changed < LAST_LIFE_S:
        found = dump(binary, data)
        if found == straight:
            break
        if found != last:
            last, changed = found, time.monotonic()
        time.sleep(0.5)
    daemon.terminate()
    if daemon.wait() != 0:
        sys.exit("the last life did not end well")


def main():
    binary, config, full, live, kills, seed = sys.argv[1:7]
    library = sys.argv[7] if len(sys.argv) > 7 else None
    os.environ["BOUNCEWATCH_STORAGE_COMMIT_INTERVAL_MS"] = str(COMMIT_INTERVAL_MS)
    draw = random.Random(int(seed))
    log = Log(full, live, int(kills), draw)
    command = [binary, "run", "--config", config]
    directory = os.path.dirname(config)
    data = os.path.join(directory, "store")
    first_life(command, log, binary, data)
    in_call, start = 0, time.monotonic()
    for _ in range(int(kills)):
        in_call += live_once(command, log, draw, library)
        if draw.random() < 0.01:
            log.rotate()
    taken, read_under_fire = time.monotonic() - start, log.at
    straight_data = os.path.join(directory, "straight")
    subprocess.run([binary, "replay", "--config", config, "--data", straight_data, full],
                   stdout=subprocess.DEVNULL, check=True)
    straight = dump(binary, straight_data)
    last_life(command, log, binary, data, straight)
    found = dump(binary, data)
    wrong = [by for (by, _), one, other in zip(QUESTIONS, straight, found) if one != other]
    print(f"{kills} kills, {in_call} of them in a call, {taken:.0f} s, seed {seed}; {read_under_fire} of "
          f"{len(log.data)} bytes written meanwhile, {log.generations} rotations; answers that differ: {wrong or 'none'}")
    if wrong:
        print(f"a straight run: {totals(straight[0])}\nwhat was found: {totals(found[0])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
