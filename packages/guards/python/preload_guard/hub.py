"""What huggingface_hub would have asked for, had it not been told to stay offline.

`preload exec --offline` tells it so, since it would otherwise try for half a minute. Then a model that is not here is an error
that a program may swallow, and nobody on the network hears of it. So the error itself is what is listened to.
"""

import os
import sys

from .urls import parsed

ERRORS = "huggingface_hub.errors"
CALLS = ("_hf_hub_download_to_cache_dir", "_hf_hub_download_to_local_dir", "snapshot_download")


def listen(tell):
    """Calls `tell` with the URL of each model that is asked for and not here, from when the library is imported."""
    finder = _Finder(tell)
    if ERRORS in sys.modules:
        finder.listen_to(sys.modules[ERRORS].LocalEntryNotFoundError)
    else:
        sys.meta_path.insert(0, finder)


class _Finder:
    def __init__(self, tell):
        self.tell = tell

    def find_spec(self, name, path=None, target=None):
        if name != ERRORS:
            return None
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self.listen_in(spec.loader)
        return spec

    def listen_in(self, loader):
        execute = loader.exec_module

        def exec_module(module):
            execute(module)
            try:
                self.listen_to(module.LocalEntryNotFoundError)
            except Exception:
                pass

        loader.exec_module = exec_module

    def listen_to(self, error):
        begin, tell = error.__init__, self.tell

        def __init__(self, *args, **options):
            begin(self, *args, **options)
            try:
                url = missed(sys._getframe(1))
                if url is not None:
                    tell(url)
            except Exception:
                pass

        error.__init__ = __init__


def missed(frame):
    """The URL of what is not here, where the library was told to stay offline; None for a file that a model here lacks.

    Libraries ask for files that a model need not have, and go on without them.
    """
    if not any(os.environ.get(name, "").upper() in ("1", "ON", "YES", "TRUE") for name in OFFLINE):
        return None
    while frame is not None and frame.f_code.co_name not in CALLS:
        frame = frame.f_back
    if frame is None:
        return None
    asked = frame.f_locals
    revision, repository = asked.get("revision") or "main", asked["repo_id"]
    kind = (asked.get("repo_type") or "model") + "s"
    if asked.get("cache_dir") is not None and _is_here(str(asked["cache_dir"]), kind, repository, revision):
        return None
    endpoint = asked.get("endpoint") or os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    folder = "" if kind == "models" else kind + "/"
    file = asked.get("filename")
    path = "%s%s/resolve/%s/%s" % (folder, repository, revision, file)
    path = path if file else "api/%s/%s/revision/%s" % (kind, repository, revision)
    return parsed("HEAD" if file else "GET", "%s/%s" % (endpoint.rstrip("/"), path))


OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def _is_here(cache, kind, repository, revision):
    folder = os.path.join(cache, "--".join([kind] + repository.split("/")))
    commits = os.path.join(folder, "snapshots")
    if os.path.isdir(os.path.join(commits, revision)):
        return True
    try:
        with open(os.path.join(folder, "refs", *revision.split("/"))) as file:
            return os.path.isdir(os.path.join(commits, file.read().strip()))
    except OSError:
        return False
