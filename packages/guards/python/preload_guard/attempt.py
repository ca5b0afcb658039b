"""One line of JSON for each try, in one write, so that the lines of several processes do not mix."""

import json
import os
import sys
import time

LONGEST = 4000
LIBRARIES = ("site-packages", "dist-packages")


def append(path, attempt):
    line = _line_of(attempt)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def attempt_at(host, port, url, frame, is_allowed=False):
    """What is known of a try that the program makes at this frame."""
    attempt = {"by": "python", "host": host, "at": int(time.time() * 1000), "pid": os.getpid(), "program": _program()}
    if port is not None:
        attempt["port"] = port
    if url is not None:
        attempt.update(method=url.method, path=url.path)
    if is_allowed:
        attempt["allowed"] = True
    test = running_test()
    if test:
        attempt["test"] = test
    stack = callers(frame)
    if stack:
        attempt["stack"] = stack
    return attempt


def running_test():
    """As pytest calls it, without the phase."""
    test = os.environ.get("PYTEST_CURRENT_TEST")
    return test.rpartition(" ")[0] or test if test else os.environ.get("PRELOAD_TEST")


def callers(frame):
    """Who asked, nearest first: the program's own lines, or those of libraries when it has none."""
    own, libraries = [], []
    while frame is not None:
        code = frame.f_code
        kept = libraries if any(name in code.co_filename for name in LIBRARIES) else own
        is_typed = code.co_filename in ("<string>", "<stdin>") and code.co_name == "<module>"
        if (is_typed or not _is_inside(code.co_filename)) and len(kept) < 8:
            kept.append("%s:%s in %s" % (_short(code.co_filename), frame.f_lineno, code.co_name))
        frame = frame.f_back
    return own or libraries


def _is_inside(path):
    """Of the interpreter, or of this guard."""
    if any(name in path for name in LIBRARIES):
        return False
    return path.startswith(("<", os.path.dirname(os.__file__) + os.sep, os.path.dirname(os.path.abspath(__file__)) + os.sep))


def _short(path):
    for name in LIBRARIES:
        path = path.split(name + os.sep)[-1]
    here = os.getcwd() + os.sep
    return path[len(here) :] if path.startswith(here) else path


def _program():
    arguments = getattr(sys, "orig_argv", None) or [sys.executable] + sys.argv
    return " ".join([os.path.basename(arguments[0])] + arguments[1:])[:200]


def _line_of(attempt):
    attempt = dict(attempt)
    while True:
        line = (json.dumps(attempt) + "\n").encode()
        if len(line) <= LONGEST:
            return line
        if attempt.get("stack"):
            attempt["stack"] = attempt["stack"][:-1]
        else:
            attempt = {key: value[:100] if isinstance(value, str) else value for key, value in attempt.items()}
