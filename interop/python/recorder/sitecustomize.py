"""Writes down every attempt to reach the network and every warning, with who made it.

Python imports this module by itself when its folder is on PYTHONPATH. It forbids nothing: the kernel does that.
"""

import json
import logging
import os
import sys
import sysconfig
import warnings

RECORD = os.environ.get("PRELOAD_RECORD")
STDLIB = sysconfig.get_path("stdlib")
CONNECTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
LOOKUPS = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}


def write(line):
    # One write in append mode: lines of child processes and threads do not mix.
    file = os.open(RECORD, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, (json.dumps(line) + "\n").encode())
    os.close(file)


def callers():
    """Who asked, innermost first: frames outside of the standard library and of this file."""
    found, frame = [], sys._getframe(1)
    while frame is not None and len(found) < 8:
        path = frame.f_code.co_filename
        inside = path.startswith(STDLIB) and "site-packages" not in path
        if not inside and path != __file__ and not path.startswith("<"):
            short = path.split("site-packages/")[-1]
            found.append(f"{short}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return found


def attempt(event, arguments):
    if event in CONNECTS:
        address = arguments[CONNECTS[event]]
        # A local socket has a path for an address, and leaves no machine.
        if not isinstance(address, tuple):
            return
        host = f"{address[0]}:{address[1]}"
    elif event in LOOKUPS:
        host = str(arguments[LOOKUPS[event]])
    else:
        return
    write({"type": "attempt", "event": event, "host": host, "callers": callers()})


def record_warnings():
    shown = warnings.showwarning

    def showwarning(message, category, filename, lineno, file=None, line=None):
        where = filename.split("site-packages/")[-1]
        write({"type": "warning", "text": f"{category.__name__}: {message}", "by": f"{where}:{lineno}"})
        shown(message, category, filename, lineno, file, line)

    warnings.showwarning = showwarning
    handle = logging.Logger.callHandlers

    def call_handlers(self, record):
        if record.levelno >= logging.WARNING:
            write({"type": "warning", "text": record.getMessage(), "by": record.name})
        handle(self, record)

    logging.Logger.callHandlers = call_handlers


if RECORD:
    record_warnings()
    sys.addaudithook(attempt)
