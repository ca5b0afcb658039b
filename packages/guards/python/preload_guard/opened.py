"""Notes which files below some folders are opened to be read: what lies in a cache is used without asking anybody.

The interpreter tells of it, whatever library asks. What a library of C or Rust opens by itself, such as the weights in a
file of safetensors, is not told: of a model, it is the files beside them that are seen.
"""

import json
import os
import sys
from _thread import _local

WRITES = os.O_WRONLY | os.O_RDWR


def start(env):
    """From here on, the path of each file below PRELOAD_OPENED_UNDER that is read is appended to PRELOAD_OPENED, once."""
    record = env["PRELOAD_OPENED"]
    folders = env.get("PRELOAD_OPENED_UNDER", "").split(os.pathsep)
    below = tuple(os.path.join(folder, "") for folder in folders if folder)
    noted = set()
    here = _local()

    def note(path):
        if path.startswith(below) and (os.getpid(), path) not in noted:
            noted.add((os.getpid(), path))
            append(record, path)

    def hook(event, args):
        if event != "open" or getattr(here, "busy", False):
            return
        here.busy = True
        try:
            path, _, flags = args
            if isinstance(path, (str, bytes)) and not flags & WRITES:
                note(os.path.abspath(os.fsdecode(path)))
        except Exception:
            # A working directory that is gone, a full disk: the program is not to fail because it is looked at.
            pass
        finally:
            here.busy = False

    sys.addaudithook(hook)


def append(record, path):
    file = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, (json.dumps({"opened": path}) + "\n").encode())
    finally:
        os.close(file)
