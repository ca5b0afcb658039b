"""Python imports this by itself, since its folder is on PYTHONPATH: it starts the guard, then runs the sitecustomize it hides.

Also read by Pythons older than the guard, so nothing here is newer than they are.
"""

import os
import sys


def start_guard():
    try:
        import preload_guard

        preload_guard.start(os.environ)
        if os.environ.get("PRELOAD_OPENED"):
            from preload_guard import opened

            opened.start(os.environ)
    except Exception:
        # A Python too old for it, or a broken environment. A program is not to fail because it is looked at.
        pass


def find_hidden():
    """The sitecustomize that would have been imported without us: of a distribution, of an environment, of the user."""
    here = os.path.dirname(os.path.abspath(__file__))
    elsewhere = [path for path in sys.path if os.path.abspath(path) != here]
    for finder in sys.meta_path:
        spec = finder.find_spec("sitecustomize", elsewhere)
        if spec is not None:
            return spec


def run_hidden(spec):
    from importlib.util import module_from_spec

    hidden = module_from_spec(spec)
    sys.modules["sitecustomize"] = hidden
    spec.loader.exec_module(hidden)


if os.environ.get("PRELOAD_GUARD") in ("block", "record"):
    start_guard()
if sys.version_info >= (3, 5):
    found = find_hidden()
    if found is not None:
        run_hidden(found)
