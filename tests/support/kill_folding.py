#!/usr/bin/env python3
"""Kills a simulation of many days while it folds, again and again, and proves that nothing changed.

usage: kill_folding.py SIMULATE_DAYS DAYS EVENTS_PER_DAY KILLS [SEED]

`simulate_days write` says when the next commit closes an hour; it is killed with SIGKILL at a random moment after
that and started again. In the end every resolution must equal the truth. Prints the disk the store takes.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    program, days, events, kills = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    seed = sys.argv[5] if len(sys.argv) == 6 else str(random.randrange(1 << 20))
    print("seed", seed, flush=True)
    choose = random.Random(int(seed))
    work = tempfile.mkdtemp(prefix="bouncewatch-days.")
    store = os.path.join(work, "store")
    arguments = [store, days, events, seed]
    # Spread over all the hours there are, a little closer so that none is left over.
    hours = int(days) * 24
    every = max(1, int(hours * 0.9) // max(kills, 1))
    done, longest = 0, 0.02
    try:
        while True:
            child = subprocess.Popen([program, "write"] + arguments, stdout=subprocess.PIPE, text=True)
            seen, last = 0, None
            for line in child.stdout:
                now = time.monotonic()
                if line.startswith("done"):
                    print(line.strip(), flush=True)
                    break
                if last is not None:
                    longest = max(longest, min((now - last) / 4, 0.5))
                last = now
                seen += 1
                if done < kills and seen > every:
                    time.sleep(choose.random() * longest)
                    child.send_signal(signal.SIGKILL)
                    done += 1
                    break
            if child.wait() == 0:
                break
            if child.returncode != -signal.SIGKILL:
                sys.exit("write ended with %d" % child.returncode)
        print("%d kills" % done, flush=True)
        if done < kills / 2:  # a fast machine ends before its turn comes
            sys.exit("too few hours for so many kills")
        if subprocess.run([program, "verify"] + arguments).returncode != 0:
            sys.exit("the counts differ from the truth")
        total = sum(os.path.getsize(os.path.join(store, name)) for name in os.listdir(store))
        print("%.1f MB on disk, %.2f MB a day" % (total / 1e6, total / 1e6 / int(days)))
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
