"""Preload's plugin for pytest: tests that say which models they need, and suites that cannot pass by accident.

    @pytest.mark.requires_model("hf:facebook/bart-base", package="transformers")
    def test_summary(): ...

One file, which needs pytest 7 or later, Python 3.8 or later, and nothing else. Five guards, each a class below:

    Models        skips a test whose model is not here, and says what fetches it; fails it with --require-models
    Network       fails a test that tried to reach out, also one that swallowed the error (--guard-network)
    Environment   puts the variables that lead to models back after each test, and names the test that changed them
    Inventory     fails a test that deleted from a cache, and names the one that downloaded
    Asked         says which file of which model a failed test could not get

What a guard finds goes along with pytest's own reports, so that a run in several processes counts nothing twice.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

FINDINGS = "preload_findings"


# ---- Which models tests need, and whether they are here ----


class Models:
    """Skips or fails the tests whose models or packages are not here; all of them are told once, at the start."""

    def __init__(self, config, run):
        self.run = run
        self.cwd = str(config.rootpath)
        self.required = is_required(config)
        self.states = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session):
        refuse_misspelt(session)
        needs = [(item, needs_of(item)) for item in session.items]
        refs = sorted({ref for _, need in needs for ref in need.refs})
        if session.config.option.collectonly or not any(need for _, need in needs):
            return
        self.states = {state["asked"]: state for state in self.run.once(refs, self.ask)} if refs else {}
        told = {}
        for item, need in needs:
            lacks = {ref: lack_of(self.states[ref]) for ref in need.refs if self.states[ref]["state"] != "ready"}
            lacks.update({f"package {name}": package_lack(name) for name in need.packages if not is_importable(name)})
            if not lacks:
                continue
            item.stash[LACKS] = lacks
            if self.is_failure(need):
                told.update(lacks)
                item.stash[FAILS] = True
            else:
                # As a mark, so that pytest names the test's own line, and sets up no class for it.
                item.add_marker(pytest.mark.skip(reason=reason_of(lacks)))
        if told:
            self.run.tell(session.config, ["preload: these tests cannot run as they are", *told.values()])

    def is_failure(self, need):
        """A model that there cannot be will be here on no machine: nobody wants to skip for a slip of the pen."""
        return self.required or any(self.states[ref]["state"] == "refused" for ref in need.refs)

    def pytest_runtest_setup(self, item):
        # After pytest's own look at marks: what is skipped for another reason stays skipped.
        if FAILS in item.stash:
            pytest.fail(reason_of(item.stash[LACKS]), pytrace=False)

    def findings(self, item, call):
        if call.when != "setup" or LACKS not in item.stash:
            return []
        # A test that is expected to fail is not expected to fail for this.
        raised = call.excinfo.value if call.excinfo is not None else None
        fails = isinstance(raised, pytest.fail.Exception) and not isinstance(raised, pytest.xfail.Exception)
        return [finding("lacks", item.nodeid, text, name, fails) for name, text in item.stash[LACKS].items()]

    def ask(self, refs):
        """What Preload says of these refs. It looks at the disk only, which takes a fraction of a second."""
        given = os.environ.get("PRELOAD_READINESS")
        if given:
            return with_unknown(refs, read_document(given), f"{given} (PRELOAD_READINESS) does not mention it")
        command = preload_command(self.cwd)
        if command is None:
            return with_unknown(refs, [], "there is no `preload` here to ask; put it on the PATH")
        try:
            ended = subprocess.run(
                [*command, *refs], cwd=self.cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return with_unknown(refs, [], f"`{' '.join(command)}` could not be asked: {error}")
        try:
            return with_unknown(refs, json.loads(ended.stdout.decode())["models"], "Preload does not know it")
        except (ValueError, KeyError):
            said = ended.stderr.decode(errors="replace").strip()
            return with_unknown(refs, [], f"`{' '.join(command)}` ended with {ended.returncode}: {said}")


class Need:
    """What the markers of one test ask for."""

    def __init__(self):
        self.refs = []
        self.packages = []

    def __bool__(self):
        return bool(self.refs or self.packages)


def needs_of(item):
    need = Need()
    for marker in item.iter_markers("requires_model"):
        packages = marker.kwargs.get("package", ())
        packages = (packages,) if isinstance(packages, str) else tuple(packages)
        unknown = sorted(set(marker.kwargs) - {"package"})
        texts = (*marker.args, *packages)
        if unknown or not texts or not all(isinstance(text, str) and text for text in texts):
            raise pytest.UsageError(
                f"{item.nodeid}: requires_model takes refs and package=, not {unknown or list(texts)}; "
                'for example requires_model("hf:facebook/bart-base", package="transformers")'
            )
        need.refs.extend(ref for ref in marker.args if ref not in need.refs)
        need.packages.extend(name for name in packages if name not in need.packages)
    return need


def refuse_misspelt(session):
    """A marker that nobody registered is a warning to pytest, and the test would need nothing."""
    registered = {re.split(r"[:(]", line)[0].strip() for line in session.config.getini("markers")}
    for item in session.items:
        for name in {marker.name for marker in item.iter_markers()} - registered:
            if MISSPELT.match(name):
                raise pytest.UsageError(f"{item.nodeid}: there is no marker {name}; it is called requires_model")


MISSPELT = re.compile(r"(requires?|required|needs?)_?models?$", re.IGNORECASE)


def is_required(config):
    chosen = config.option.require_models
    return bool(os.environ.get("CI", "").lower() not in ("", "0", "false")) if chosen is None else chosen


def is_importable(name):
    """Without importing it: that could take half a minute, or reach for the network."""
    top = name.partition(".")[0]
    try:
        return top in sys.modules or importlib.util.find_spec(top) is not None
    except ValueError:
        return True  # What put it there gave it no spec.


def package_lack(name):
    return f"the package {name} is not installed\n  pip install {name}"


def lack_of(state):
    return "\n  ".join(line for line in (state["reason"], state.get("hint"), state.get("fetch")) if line)


def reason_of(lacks):
    return "\n".join(lacks.values())


def with_unknown(refs, models, why):
    """A state for each ref. What nobody could tell is not called missing."""
    known = {model["asked"]: model for model in models}
    return [known.get(ref) or dict(asked=ref, state="unknown", reason=f"{ref} may be here or not: {why}") for ref in refs]


def read_document(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)["models"]
    except (OSError, ValueError, KeyError) as error:
        raise pytest.UsageError(
            f"PRELOAD_READINESS names {path}, which is not what `preload pytest-plugin --json` prints: {error!r}"
        )


def preload_command(cwd):
    given = os.environ.get("PRELOAD_PYTEST")
    if given:
        try:
            return [str(word) for word in json.loads(given)]
        except ValueError:
            raise pytest.UsageError(f"PRELOAD_PYTEST is not what `preload pytest-plugin` prints: {given}")
    folders, folder = [], cwd
    while folder not in folders:
        folders.append(folder)
        folder = os.path.dirname(folder)
    local = os.pathsep.join(os.path.join(folder, "node_modules", ".bin") for folder in folders)
    found = shutil.which("preload") or shutil.which("preload", path=local)
    return [found, "pytest-plugin", "--json"] if found else None


# ---- Which variables tests leave changed ----

# What the clients of models, and what they stand on, read to find models, servers and tokens.
VARIABLES = frozenset(
    "HOME USERPROFILE XDG_CACHE_HOME XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME TORCH_HOME NLTK_DATA "
    "TIKTOKEN_CACHE_DIR DATA_GYM_CACHE_DIR PYANNOTE_CACHE PYTORCH_TRANSFORMERS_CACHE PYTORCH_PRETRAINED_BERT_CACHE "
    "DISABLE_SAFETENSORS_CONVERSION DO_NOT_TRACK DISABLE_TELEMETRY HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY "
    "http_proxy https_proxy all_proxy no_proxy REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR".split()
)
FAMILIES = ("HF_", "HUGGINGFACE_", "TRANSFORMERS_", "SENTENCE_TRANSFORMERS_", "DIFFUSERS_", "WHISPER_", "PRELOAD_")
OURS = frozenset(["PRELOAD_ALLOW", "PRELOAD_ALLOW_NOTED"])
SECRET = re.compile(r"TOKEN|KEY|SECRET|PASSWORD|PROXY|ENDPOINT", re.IGNORECASE)


class Environment:
    """Puts variables back after each test. What a fixture of a wider scope sets stays as long as the fixture does."""

    def __init__(self, config):
        self.strict = config.option.strict_env
        self.expected = {}
        self.set_by = {}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.expected = watched()
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.scope == "function":
            yield
            return
        before = watched()
        yield
        names = [name for name, _, _ in changes(before, watched())]
        self.set_by.setdefault(id(fixturedef), set()).update(names)
        self.accept(names)

    def pytest_fixture_post_finalizer(self, fixturedef):
        self.accept(self.set_by.pop(id(fixturedef), ()))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        yield
        left = changes(self.expected, watched())
        for name, before, _ in left:
            assign(os.environ, name, before)
        item.stash[LEFT] = left

    def accept(self, names):
        now = watched()
        for name in names:
            assign(self.expected, name, now.get(name))

    def findings(self, item, call):
        left = item.stash.get(LEFT, []) if call.when == "teardown" else []
        return [finding("environment", item.nodeid, left_text(*change), fails=self.strict) for change in left]


def watched():
    environ = os.environ
    return {
        name: environ[name]
        for name in environ
        if (name in VARIABLES or name.startswith(FAMILIES)) and name not in OURS
    }


def changes(before, after):
    names = sorted(set(before) | set(after))
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def assign(target, name, value):
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value


def left_text(name, before, after):
    if SECRET.search(name):
        return f"left {name} changed; it was put back"
    if after is None:
        return f"left {name} unset; it was put back to {before}"
    was = "was not set" if before is None else f"was {before}"
    return f"left {name}={after}; it {was}, and was put back"


# ---- Which models tests delete or download ----


class Inventory:
    """Compares the caches with what they held at the start: after each test as far as that is cheap, and at the end."""

    # More folders than these are looked at when the run ends, and not after each test: that takes 0.3 ms.
    MOST_FOLDERS = 300

    def __init__(self, config, run):
        self.run = run
        self.caches = []
        self.start = self.now = {}
        self.watch = {}
        self.touched = set()
        self.told = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        if session.config.option.collectonly:
            return
        self.caches = caches(os.environ)
        self.start = self.now = models_in(self.caches)
        self.watch = self.times()
        listen_to_changes(self.touched)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.touched.clear()
        yield

    def times(self):
        folders = [cache.dir for cache in self.caches]
        folders += [folder for model in self.now.values() for folder in model.folders]
        return {folder: time_of(folder) for folder in folders[: self.MOST_FOLDERS]}

    def findings(self, item, call):
        if call.when != "teardown" or all(time_of(folder) == known for folder, known in self.watch.items()):
            return []
        before, self.now = self.now, models_in(self.caches)
        self.watch = self.times()
        may_remove = item.get_closest_marker("removes_models") is not None
        found = []
        for ref, kind, text in differences(before, self.now):
            # Others work beside us in a run of several processes; each answers for what its own process did.
            model = self.now.get(ref) or before[ref]
            if self.run.is_alone or any(is_of(model, path) for path in list(self.touched)):
                fails = kind == "deleted" and not may_remove
                found.append(finding(kind, item.nodeid, text, about=ref, fails=fails))
        return found

    def remainder(self, told):
        """At the end: what changed, and no test was found to have done."""
        now = models_in(self.caches)
        changed = [(kind, ref, text) for ref, kind, text in differences(self.start, now) if (kind, ref) not in told]
        return [finding(kind, "the run, by nobody knows which test", text, about=ref) for kind, ref, text in changed]


class Cache:
    def __init__(self, scheme, dir):
        self.scheme = scheme
        self.dir = dir


class Model:
    """What of one model lies in a cache."""

    def __init__(self, root, files, folders):
        self.root = root
        self.files = files
        self.folders = folders


def caches(env):
    """Where the clients look, by the rules they have for it."""
    home = os.path.expanduser("~")
    cache = env.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    share = env.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    hf_home = env.get("HF_HOME") or os.path.join(cache, "huggingface")
    hub = env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE") or os.path.join(hf_home, "hub")
    torch = env.get("TORCH_HOME") or os.path.join(cache, "torch")
    found = [
        Cache("hf", hub),
        Cache("whisper", os.path.join(cache, "whisper")),
        Cache("spacy", os.path.join(share, "spacy")),
        Cache("torch", os.path.join(torch, "hub", "checkpoints")),
    ]
    if env.get("TIKTOKEN_CACHE_DIR"):
        found.append(Cache("tiktoken", env["TIKTOKEN_CACHE_DIR"]))
    nltk = [part for part in env.get("NLTK_DATA", "").split(os.pathsep) if part] or [os.path.join(home, "nltk_data")]
    found += [Cache("nltk", os.path.join(part, kind)) for part in nltk for kind in names_in(part)]
    return [Cache(cache.scheme, os.path.realpath(os.path.expanduser(cache.dir))) for cache in found]


# Files on their way, and those that no client reads as part of a model.
PASSING = re.compile(r"\.(incomplete|part|lock|tmp)$|^\.locks$|^CACHEDIR\.TAG$")


def models_in(places):
    """Names and folders only: no file is opened."""
    found = {}
    for cache in places:
        for name in names_in(cache.dir):
            root = os.path.join(cache.dir, name)
            if cache.scheme == "hf" and not name.startswith("models--"):
                continue
            if PASSING.search(name) or name.endswith((".dist-info", "__pycache__")):
                continue
            model = hub_model(root) if cache.scheme == "hf" else plain_model(root)
            if model.files:
                found[ref_of(cache.scheme, name)] = model
    return found


def ref_of(scheme, name):
    if scheme == "hf":
        return "hf:" + name[len("models--") :].replace("--", "/")
    return f"{scheme}:{re.sub('[.](pt|zip)$', '', name) if scheme in ('whisper', 'nltk') else name}"


def hub_model(root):
    files, folders = set(), [root]
    for part in ("snapshots", "blobs", "refs"):
        collect(os.path.join(root, part), files, folders)
    return Model(root, files if any(f"{os.sep}snapshots{os.sep}" in path for path in files) else set(), folders)


def plain_model(root):
    files, folders = set(), []
    if os.path.isdir(root):
        collect(root, files, folders)
    else:
        files.add(root)
    return Model(root, files, folders)


def collect(folder, files, folders):
    for base, below, names in os.walk(folder):
        below[:] = [name for name in below if name != "__pycache__"]
        folders.append(base)
        files.update(os.path.join(base, name) for name in names if not PASSING.search(name))


def differences(before, after):
    """`(ref, "deleted" or "downloaded", text)` for each model that is not as it was."""
    found = []
    for ref in sorted(set(before) | set(after)):
        old, new = before.get(ref), after.get(ref)
        if new is None:
            found.append((ref, "deleted", f"all of it, from {old.root}"))
            continue
        gone = sorted((old.files if old else set()) - new.files)
        come = new.files - (old.files if old else set())
        if gone:
            shown = ", ".join(short(path, old.root) for path in gone[:3])
            rest = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
            found.append((ref, "deleted", f"{shown}{rest}, from {old.root}"))
        if old is None or any(f"{os.sep}snapshots{os.sep}" in path for path in come):
            what = "all of it" if old is None else f"{len(come)} files more"
            found.append((ref, "downloaded", f"{what}, to {new.root}"))
    return found


def short(path, root):
    if path == root:
        return os.path.basename(path)
    parts = os.path.relpath(path, root).split(os.sep)
    return "/".join(parts[2:] if parts[0] == "snapshots" else parts)


def is_of(model, path):
    """Whether a change at `path` may be a change of the model: below it, or above it."""
    return path == model.root or path.startswith(model.root + os.sep) or model.root.startswith(path + os.sep)


def names_in(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def time_of(folder):
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return None


# A hook of the interpreter stays for good: one for a process, whatever number of sessions it has.
LISTENERS = []


def listen_to_changes(touched):
    """Notes each path that this process removes or renames. Python itself says so, to no one's detriment."""
    if not LISTENERS:
        sys.addaudithook(on_event)
    LISTENERS[:] = [touched]


def on_event(event, arguments):
    if event not in ("os.remove", "os.rmdir", "shutil.rmtree", "os.rename"):
        return
    try:
        for path in arguments[: 2 if event == "os.rename" else 1]:
            folder, name = os.path.split(os.path.abspath(os.fsdecode(path)))
            for touched in LISTENERS:
                touched.add(os.path.join(os.path.realpath(folder), name))
    except Exception:
        pass  # What is raised here would keep the program from doing it.


# ---- What tests tried to reach ----


class Network:
    """Reads what the guards in this process and its children noted, and fails the test during which they did."""

    def __init__(self, run):
        self.run = run
        self.guard = guard_beside(run.source)
        self.path = os.environ.get("PRELOAD_ATTEMPTS") or run.file("attempts.jsonl")
        names = ("PRELOAD_ATTEMPTS", "PRELOAD_GUARD", "PRELOAD_ALLOW", "PRELOAD_ALLOW_NOTED", "PYTHONPATH")
        self.before = {name: os.environ.get(name) for name in names}
        switch_on(self.guard, self.path)
        # What was asked before, by a conftest.py that was loaded at the start, is in the report of `preload exec`.
        self.offset = size_of(self.path)
        self.test = None
        self.pending = []

    def pytest_unconfigure(self):
        for name, value in self.before.items():
            assign(os.environ, name, value)
        # A run within another program's process leaves it as it was.
        self.guard.start(os.environ)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        outcome = yield
        self.take(f"collection of {collector.nodeid or 'the tests'}")
        found = self.drain([])
        if found:
            report = outcome.get_result()
            report.outcome, report.longrepr = "failed", "\n".join(told_of(one) for one in found)
            setattr(report, FINDINGS, found)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.test = item.nodeid
        self.allow(allowed_by(item))
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.scope == "function":
            yield
            return
        self.take(self.test)
        yield
        where = request.node.nodeid or "the session"
        self.take(f"setup of {where} ({fixturedef.scope} fixture {fixturedef.argname})")

    def findings(self, item, call):
        self.take(item.nodeid)
        found = self.drain(allowed_by(item))
        # Run again, a test may find in memory what it asked for the first time. It did reach out.
        earlier = item.stash.setdefault(REACHED, [])
        again = earlier if call.when == "call" and item.stash.get(RAN, False) and not found else []
        earlier.extend(found)
        if call.when == "teardown":
            item.stash[RAN] = True
            self.allow([])
        return list(found or again)

    def allow(self, hosts):
        """For this process and those that it starts, besides what the whole run may reach."""
        given = self.before["PRELOAD_ALLOW"]
        assign(os.environ, "PRELOAD_ALLOW", ",".join([*([given] if given else []), *hosts]) or None)
        # `preload exec --offline` refuses them all the same, and from here it knows for which test.
        assign(os.environ, "PRELOAD_ALLOW_NOTED", ",".join(hosts) or None)

    def take(self, who):
        """What was noted since the last time, by this process or by one that it started for this test."""
        self.pending += [(who, attempt) for attempt in self.unread() if self.is_ours(attempt)]

    def drain(self, allowed):
        pending, self.pending = self.pending, []
        told = [(who, attempt_text(one)) for who, one in pending if not is_allowed(one, allowed)]
        return [finding("network", who, text, fails=True) for who, text in dict.fromkeys(told)]

    def unread(self):
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                lines = file.read()
        except OSError:
            return []
        # The last line may be under way.
        whole = lines[: lines.rfind(b"\n") + 1]
        self.offset += len(whole)
        return [attempt for attempt in map(attempt_in, whole.splitlines()) if attempt and not attempt.get("allowed")]

    def is_ours(self, attempt):
        if attempt.get("pid") == os.getpid():
            return True
        return attempt.get("test") == self.test if self.test or attempt.get("test") else self.run.is_alone


def attempt_in(line):
    try:
        attempt = json.loads(line.decode("utf-8", "replace"))
    except ValueError:
        return None
    return attempt if isinstance(attempt, dict) and isinstance(attempt.get("host"), str) else None


def attempt_text(attempt):
    host, port, path = attempt["host"], attempt.get("port"), attempt.get("path") or ""
    lines = [f"tried to reach {host}:{port}" if port else f"tried to reach {host}"]
    if path:
        lines[0] += f", {attempt.get('method', 'GET')} {path}"
    if attempt.get("pid") != os.getpid() and attempt.get("program"):
        lines.append(f"in {' '.join(attempt['program'].split())[:100]}")
    lines += [f"from {caller}" for caller in (attempt.get("stack") or [])[:1]]
    asked = re.match("/(?:api/models/)?([\\w.-]+/[\\w.-]+)/(?:resolve|raw)/[^/]+/(.+)$", path)
    if asked:
        lines.append(f"for {asked[1]} {asked[2]}: `preload add hf:{asked[1]}` and `preload` bring it")
    return "\n  ".join(lines)


def allowed_by(item):
    hosts = []
    for marker in item.iter_markers("allow_hosts"):
        for argument in marker.args:
            hosts.extend([argument] if isinstance(argument, str) else argument)
    return hosts


def is_allowed(attempt, allowed):
    host, port = attempt["host"].lower(), attempt.get("port")
    return any(pattern.lower() in (host, f"{host}:{port}") for pattern in allowed)


def size_of(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def guard_beside(folder):
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        import preload_guard
    except ImportError:
        raise pytest.UsageError(
            "--guard-network needs preload_guard, which lies beside this plugin where Preload is installed: "
            'run pytest by `preload exec`, or after `eval "$(preload pytest-plugin)"`'
        )
    return preload_guard


def switch_on(guard, path):
    """The guard of this process, and of each that it starts."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(guard.__file__)))
    parts = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    os.environ["PYTHONPATH"] = os.pathsep.join(parts if folder in parts else [folder, *parts])
    os.environ["PRELOAD_ATTEMPTS"] = path
    os.environ["PRELOAD_GUARD"] = "block"
    guard.start(os.environ)


# ---- What a failed test could not get ----


class Asked:
    """Finds in the trace of a failure which file of which repository of the Hub was asked for."""

    def findings(self, item, call):
        if call.excinfo is None or call.when == "teardown":
            return []
        asked = asked_in(call.excinfo.value)
        return [finding("asked", item.nodeid, asked[1], about=asked[0])] if asked else []


MISSES = frozenset(["LocalEntryNotFoundError", "OfflineModeIsEnabled"])


def asked_in(error):
    seen, misses, found = set(), False, None
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        misses = misses or bool(MISSES & {kind.__name__ for kind in type(error).__mro__})
        found = repository_in(error.__traceback__) or found
        error = error.__cause__ or error.__context__
    if not misses or not found:
        return None
    repo, name, revision = found
    host = re.sub("^https?://|/.*$", "", os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    at = "" if revision in (None, "main") else f"@{revision}"
    return f"hf:{repo}{at}", f"asked {host} for {repo}{' ' + name if name else ''}, which is not in the cache"


def repository_in(trace):
    """The innermost call of huggingface_hub that knows both the repository and the file."""
    found = None
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__", "").startswith("huggingface_hub"):
            local = frame.f_locals
            repo, name, revision = local.get("repo_id"), local.get("filename"), local.get("revision")
            if isinstance(repo, str) and local.get("repo_type") in (None, "model"):
                found = (repo, name if isinstance(name, str) else (found or (0, None))[1], revision)
        trace = trace.tb_next
    return found


# ---- How findings get into the reports, and to the end of the run ----


def finding(kind, who, text, about=None, fails=False):
    """What a guard found: during which test, about which model, and whether the test fails for it."""
    return {"kind": kind, "who": who, "about": about, "text": text, "fails": fails}


class Findings:
    """Adds what the guards found to pytest's report of the phase in which they did."""

    def __init__(self, guards):
        self.guards = guards

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        report = outcome.get_result()
        found = [one for guard in self.guards for one in guard.findings(item, call)]
        if not found:
            return
        setattr(report, FINDINGS, found)
        failing = [told_of(one) for one in found if one["fails"]]
        if hasattr(report, "wasxfail") and any(one["fails"] for one in found if one["kind"] == "lacks"):
            del report.wasxfail
        if failing and not report.failed and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = longrepr_of(item, "\n".join(failing))
        else:
            report.sections.extend(("preload", told_of(one)) for one in found if one["kind"] != "lacks")


def told_of(one):
    """In a report of the test itself."""
    kind, about, text = one["kind"], one["about"], one["text"]
    if kind == "deleted":
        return f"{one['who']} deleted {about} from the cache: {text}\n  if it may, mark it with removes_models"
    if kind == "downloaded":
        return f"{one['who']} downloaded {about}: {text}"
    if kind == "asked":
        return f"{one['who']} {text}\n  `preload add {about}` and `preload` bring it"
    return f"{one['who']} {text}"


def longrepr_of(item, text):
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception:
        return item.repr_failure(pytest.ExceptionInfo.from_current())


class Summary:
    """Collects the findings of all processes, where the run ends, and prints what they say together."""

    def __init__(self, inventory):
        self.inventory = inventory
        self.found = []

    def pytest_collectreport(self, report):
        self.found.extend(getattr(report, FINDINGS, ()))

    def pytest_runtest_logreport(self, report):
        # A test that was skipped for what it lacks says so with its outcome.
        self.found.extend(dict(one, outcome=report.outcome) for one in getattr(report, FINDINGS, ()))

    def pytest_terminal_summary(self, terminalreporter):
        found = self.found + self.inventory.remainder({(one["kind"], one["about"]) for one in self.found})
        lines = [line for kind in SECTIONS for line in section(kind, [one for one in found if one["kind"] == kind])]
        if lines:
            terminalreporter.section("preload")
            for line in lines:
                terminalreporter.write_line(line)


# In the order in which they are printed.
SECTIONS = {
    "lacks": "not run, since a model or a package is not here",
    "network": "tried to reach out",
    "asked": "asked for what is not in the cache",
    "deleted": "present at start, and deleted",
    "downloaded": "downloaded during the run, since it was not preloaded",
    "environment": "left variables changed",
}


def section(kind, found):
    """Each model once with the tests that it concerns, or each test once with what it did."""
    groups = {}
    for one in found:
        groups.setdefault(one["about"] or one["who"], []).append(one)
    lines = [line for name, group in groups.items() for line in group_lines(kind, name, group)]
    return [f"{SECTIONS[kind]}:", *(f"  {line}" for line in lines)] if lines else []


def group_lines(kind, name, group):
    whos, texts = dict.fromkeys(one["who"] for one in group), dict.fromkeys(one["text"] for one in group)
    inner = [f"  {line}" for text in texts for line in text.splitlines()]
    if kind == "lacks":
        done = "skipped" if group[0]["outcome"] == "skipped" else "failed"
        return [f"{name}: {len(whos)} {'test' if len(whos) == 1 else 'tests'} {done}", *inner]
    if kind == "asked":
        told = dict.fromkeys(f"{one['who']} {one['text']}" for one in group)
        return [*told, f"  preload add {name} && preload"]
    if kind in ("deleted", "downloaded"):
        told = [f"{name}, {kind} during {one['who']}: {one['text']}" for one in group]
        return told + ([f"  preload add {name} && preload"] if kind == "downloaded" else [])
    return [name, *inner]


# ---- One run, in one process or several ----


class Run:
    """What the processes of a run share: a folder of files, which the first of them removes."""

    def __init__(self, config):
        self.shared = getattr(config, "workerinput", {}).get("preload", {})
        self.is_worker = hasattr(config, "workerinput")
        self.is_alone = not self.is_worker
        self.source = os.path.dirname(os.path.abspath(__file__))
        self.made = None

    @property
    def folder(self):
        given = self.shared.get("folder")
        if given and os.path.isdir(given):
            return given
        if self.made is None:
            self.made = tempfile.mkdtemp(prefix="preload-pytest-")
        return self.made

    def file(self, name):
        return os.path.join(self.folder, name)

    def once(self, refs, ask):
        """The answer of `ask(refs)`, for which one process of the run works and the others wait."""
        if not self.is_worker:
            return ask(refs)
        answer, claim = self.file("models.json"), self.file("models.claim")
        try:
            os.close(os.open(claim, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            deadline = time.monotonic() + 130
            while not os.path.exists(answer) and time.monotonic() < deadline:
                time.sleep(0.02)
            known = json.load(open(answer, encoding="utf-8")) if os.path.exists(answer) else []
            # Tests that are collected differently in one process ask for themselves.
            return known if {state["asked"] for state in known} >= set(refs) else ask(refs)
        states = ask(refs)
        write_whole(answer, json.dumps(states))
        return states

    def tell(self, config, lines):
        """Prints lines where the person sees them, once for all processes."""
        if self.is_worker:
            write_whole(self.file("told.txt"), "\n".join(lines))
        else:
            print_lines(config, lines)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        node.workerinput["preload"] = {"folder": self.folder}

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node):
        path = self.file("told.txt")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            if not self.shared.get("told"):
                print_lines(node.config, lines)
            self.shared["told"] = True

    def pytest_unconfigure(self):
        if self.made is not None:
            shutil.rmtree(self.made, ignore_errors=True)


def write_whole(path, text):
    """Nobody reads half of it."""
    part = f"{path}.{os.getpid()}"
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)


def print_lines(config, lines):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.ensure_newline()
        for line in "\n".join(lines).splitlines():
            reporter.write_line(line)


# ---- What pytest calls ----

TOO_OLD = "the plugin does nothing here, since it needs Python 3.8 and pytest 7 or later"
IS_SUPPORTED = sys.version_info >= (3, 8) and int(pytest.__version__.partition(".")[0]) >= 7

MARKERS = (
    'requires_model(*refs, package=()): the models that the test needs, as "hf:facebook/bart-base", and the packages',
    "allow_hosts(*hosts): the hosts, or host:port, that the test may reach although the network is guarded",
    "removes_models: the test may delete models from the caches",
)


def pytest_addoption(parser):
    group = parser.getgroup("preload", "models, with Preload")
    group.addoption(
        "--require-models",
        action="store_true",
        default=None,
        help="fail tests whose models are not here; the default when CI is set",
    )
    group.addoption(
        "--no-require-models",
        dest="require_models",
        action="store_false",
        help="skip them; the default elsewhere",
    )
    group.addoption(
        "--guard-network",
        action="store_true",
        default=False,
        help="refuse what leaves this machine, and fail the test that tried; on by itself in `preload exec --offline`",
    )
    group.addoption(
        "--strict-env",
        action="store_true",
        default=False,
        help="fail tests that leave variables changed that lead to models",
    )


def pytest_configure(config):
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    option = config.option
    if not IS_SUPPORTED:
        if option.require_models or option.guard_network or option.strict_env:
            raise pytest.UsageError(f"preload: {TOO_OLD}; leave its options away, or update")
        return
    run = Run(config)
    inventory = Inventory(config, run)
    guards = [Models(config, run), inventory, Environment(config), Asked()]
    if option.guard_network or os.environ.get("PRELOAD_GUARD") == "block":
        guards.append(Network(run))
    plugins = [run, *guards, Findings(guards)]
    if not run.is_worker:
        plugins.append(Summary(inventory))
    for plugin in plugins:
        config.pluginmanager.register(plugin, f"preload_{type(plugin).__name__.lower()}")


def pytest_report_header(config):
    if not IS_SUPPORTED:
        return f"preload: {TOO_OLD}"
    return None


if IS_SUPPORTED:
    LACKS, FAILS, LEFT, REACHED, RAN = (pytest.StashKey() for _ in range(5))
