"""Runs commands one after the other and says what each of them cost.

A line of JSON in: {"argv": [...], "deletes": [...], "env": {...}, "cwd": "...", "log": "..."}
A line of JSON out: {"wall": seconds, "cpu": seconds, "rm": seconds, "rss": bytes, "code": number}

What is deleted first is deleted within the wall time; the processor time is of the command alone, and that of deleting
stands beside it.

A program of its own, small and started once: the kernel tells the peak memory of a child only to its parent, and a
child begins with the parent's.
"""

import json
import os
import sys
import time


def run(argv, env, files=()):
    child = os.posix_spawnp(argv[0], argv, env, file_actions=files)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


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
    rm = run(["rm", "-rf", *task["deletes"]], task["env"])[1] if task["deletes"] else 0
    code, cpu, rss = run(task["argv"], task["env"], files)
    wall = time.perf_counter() - start
    os.close(log)
    print(json.dumps({"wall": wall, "cpu": cpu, "rm": rm, "rss": rss, "code": code}), flush=True)
