#!/usr/bin/env python3
"""Writes a log as an MTA would, in pieces that end anywhere, and rotates it half way.

usage: grow_log.py FULL LIVE SECONDS SEED

Copies FULL to LIVE in pieces over about SECONDS. At half, LIVE is renamed to LIVE.1 and a new LIVE begins.
"""

import os
import random
import sys
import time


def main():
    full, live, seconds, seed = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    draw = random.Random(seed)
    with open(full, "rb") as file:
        data = file.read()
    half = data.index(b"\n", len(data) // 2) + 1
    pause = 0.02
    piece_mean = max(1, int(len(data) * pause / seconds))
    position, out = 0, open(live, "ab", buffering=0)
    while position < len(data):
        end = position + draw.randint(1, 2 * piece_mean)
        if position < half <= end:
            out.write(data[position:half])
            out.close()
            os.rename(live, live + ".1")
            out = open(live, "ab", buffering=0)
            position = half
        else:
            position += out.write(data[position:end])
        time.sleep(pause)
    out.close()


if __name__ == "__main__":
    main()
