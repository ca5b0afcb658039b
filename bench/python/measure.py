"""Runs commands one after the other and says what each of them cost.

A line of JSON in: {"argv": [...], "env": {...}, "cwd": "...", "log": "..."}
A line of JSON out: {"wall": seconds, "cpu": seconds, "rss": bytes, "code": number}

A program of its own, small and started once: the kernel tells the peak memory of a child only to its parent, and a
child begins with the parent's.
"""

import json
import os
import sys
import time

for line in sys.stdin:
    task = json.loads(line)
    os.chdir(task["cwd"])
    log = os.open(task["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    files = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, log, 1),
        (os.POSIX_SPAWN_DUP2, log, 2),
    ]
    start = time.perf_counter()
    child = os.posix_spawnp(task["argv"][0], task["argv"], task["env"], file_actions=files)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    os.close(log)
    answer = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss * 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(answer), flush=True)
