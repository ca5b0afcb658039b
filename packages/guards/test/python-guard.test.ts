import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { place } from "../src/node/hosts.ts";
import { folder } from "./support/folder.ts";
import { program, runGuarded } from "./support/guarded.ts";

const python = process.env.PRELOAD_TEST_PYTHON ?? "python3";
const hasPython = spawnSync(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;

/** A name server that knows every name, since no test may depend on one that is elsewhere. */
const answering = [
  "import sys, _socket, preload_guard",
  "def answer(host, port, *rest, **more):",
  "    sys.audit('socket.getaddrinfo', host, port, 0, 0, 0)",
  "    return [(2, 1, 6, '', ('192.0.2.1', port))]",
  "_socket.getaddrinfo = answer",
  "preload_guard._started[0].remember_names()",
  "import socket",
];

describe.skipIf(!hasPython && !process.env.CI)("with a Python of 3.8 or later", () => {
  test("every way out of Python fails at once, in children too", () => {
    const { stdout, attempts } = runGuarded([python, program("tries.py")]);

    const outcomes: Record<string, string> = JSON.parse(stdout);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["NetworkBlocked, is a ConnectionError: True"]));
    expect(attempts.map((attempt) => place(attempt))).toEqual([
      "urllib.invalid:443",
      "client.invalid:443",
      "192.0.2.1:443",
      "192.0.2.1:80",
      "[2001:db8::1]:443",
      "names.invalid:443",
      "byname.invalid",
      "192.0.2.1",
      "192.0.2.1:53",
      "192.0.2.1:53",
      "asyncio.invalid:443",
      "child.invalid:9",
    ]);
  });

  test("what is on this machine is nobody's business", () => {
    const { stdout, attempts } = runGuarded([python, program("local.py")]);

    expect(JSON.parse(stdout)).toEqual(["hello", "by datagram", "127.0.0.1", "192.0.2.1", true]);
    expect(attempts).toEqual([]);
  });

  test("an attempt says what was asked for without its query, by which test, and from which line", () => {
    const env = { PYTEST_CURRENT_TEST: "tests/test_sum.py::test_led[a b] (call)" };
    const { attempts } = runGuarded([python, program("tries.py")], { env });

    const [byUrllib, byClient] = attempts;
    expect(byUrllib).toMatchObject({ by: "python", method: "GET", path: "/org/name/resolve/main/config.json" });
    expect(byClient).toMatchObject({ method: "HEAD", path: "/head" });
    expect(byUrllib?.test).toBe("tests/test_sum.py::test_led[a b]");
    expect(byUrllib?.program).toContain("tries.py");
    expect(byUrllib?.stack?.[0]).toMatch(/tries\.py:\d+ in <lambda>$/);
    expect(JSON.stringify(attempts)).not.toContain("secret");
  });

  test("a guard that only notes lets the program find out by itself, and counts a name and its address once", () => {
    const connects = [
      ...answering,
      "socket.getaddrinfo('huggingface.co', 443)",
      "s = socket.socket(); s.settimeout(0.01)",
      "try: s.connect(('192.0.2.1', 443))",
      "except OSError as error: print('refused' if type(error).__name__ == 'NetworkBlocked' else 'by the network')",
    ].join("\n");

    const { stdout, attempts } = runGuarded([python, "-c", connects], { mode: "record" });

    expect(stdout.trim()).toBe("by the network");
    expect(attempts.map((attempt) => place(attempt))).toEqual(["huggingface.co:443"]);
  });

  test("the program's own sitecustomize runs, and what it does shows", () => {
    const dir = folder();
    writeFileSync(join(dir, "sitecustomize.py"), "import builtins\nbuiltins.mine = __file__\n");

    const { stdout } = runGuarded([python, "-c", "import sitecustomize; print(mine == sitecustomize.__file__, mine)"], {
      env: { PYTHONPATH: dir },
    });

    expect(stdout.trim()).toBe(`True ${join(dir, "sitecustomize.py")}`);
  });

  test("a sitecustomize that fails says so as it does without us", () => {
    const dir = folder();
    writeFileSync(join(dir, "sitecustomize.py"), "raise ValueError('mine')\n");

    const { stdout, stderr, status } = runGuarded([python, "-c", "print('ran')"], { env: { PYTHONPATH: dir } });

    expect({ stdout, status }).toEqual({ stdout: "ran\n", status: 0 });
    expect(stderr).toContain("ValueError: mine");
  });

  test("nothing is printed, an isolated Python runs without it, and attempts that cannot be written are refused", () => {
    const hello = "print('hello')";
    const asks = "import socket\ntry: socket.gethostbyname('a.invalid')\nexcept OSError as e: print(type(e).__name__)";

    expect(runGuarded([python, "-c", hello])).toMatchObject({ stdout: "hello\n", stderr: "", status: 0 });
    expect(runGuarded([python, "-I", "-S", "-c", hello])).toMatchObject({ stdout: "hello\n", stderr: "", status: 0 });
    expect(runGuarded([python, "-c", asks], { attempts: "/nowhere/at/all" }).stdout.trim()).toBe("NetworkBlocked");
  });

  test.each(["http", "https"])("what a proxy on this machine is asked to fetch over %s is an attempt", (scheme) => {
    const asks = `import urllib.request
try: urllib.request.urlopen('${scheme}://plain.invalid/a?b')
except OSError as e: print(e)`;
    const port = scheme === "http" ? 80 : 443;

    const { stdout, attempts } = runGuarded([python, "-c", asks], {
      env: { [`${scheme}_proxy`]: "http://127.0.0.1:9" },
    });

    expect(stdout).toContain(`plain.invalid:${port} is not loopback, and the network is blocked`);
    expect(attempts).toMatchObject([{ host: "plain.invalid", port, path: "/a" }]);
  });

  test("a host that is allowed is asked, and the addresses that it has", () => {
    const asks = (port: number) =>
      [
        ...answering,
        `try: socket.create_connection(('db.invalid', ${port}), timeout=0.01)`,
        "except OSError as error: print(type(error).__name__)",
      ].join("\n");

    const allow = ["db.invalid:5432"];
    expect(runGuarded([python, "-c", asks(5432)], { allow }).stdout).not.toContain("NetworkBlocked");
    expect(runGuarded([python, "-c", asks(80)], { allow }).stdout.trim()).toBe("NetworkBlocked");
  });

  test("a host that the test alone is allowed is asked, and noted as that", () => {
    const asks =
      "import socket\ntry: socket.getaddrinfo('db.invalid', 80)\nexcept OSError as e: print(type(e).__name__)";
    const env = { PRELOAD_ALLOW_NOTED: "db.invalid", PRELOAD_TEST: "t.py::db" };

    const { stdout, attempts } = runGuarded([python, "-c", asks], { allow: ["db.invalid"], env });

    expect(stdout.trim()).toBe("gaierror");
    expect(attempts).toMatchObject([{ host: "db.invalid", test: "t.py::db", allowed: true }]);
  });
});

describe.skipIf(!hasPython && !process.env.CI)("huggingface_hub, told to stay offline", () => {
  /** It raises what the library does where the library does. The real ones are asked in the suite of the clients. */
  const library = () => {
    const dir = folder();
    mkdirSync(join(dir, "huggingface_hub"));
    writeFileSync(join(dir, "huggingface_hub", "__init__.py"), "");
    writeFileSync(
      join(dir, "huggingface_hub", "errors.py"),
      "class LocalEntryNotFoundError(FileNotFoundError): pass\n",
    );
    writeFileSync(
      join(dir, "huggingface_hub", "file_download.py"),
      [
        "from .errors import LocalEntryNotFoundError",
        "def _hf_hub_download_to_cache_dir(cache_dir, repo_id, filename, revision, repo_type='model'):",
        "    raise LocalEntryNotFoundError('not here')",
      ].join("\n"),
    );
    return dir;
  };
  const asks = (cache: string) =>
    [
      "from huggingface_hub.file_download import _hf_hub_download_to_cache_dir as download",
      "for repo, file, revision in (('org/gone', 'config.json', 'main'), ('org/here', 'optional.json', 'main'), ('org/here', 'a', 'v2')):",
      `    try: download(${JSON.stringify(cache)}, repo, file, revision)`,
      "    except FileNotFoundError as error: print(error)",
    ].join("\n");

  test("a model that is not here is an attempt, though the program goes on; a file that a model lacks is none", () => {
    const cache = folder();
    mkdirSync(join(cache, "models--org--here", "snapshots", "c0ffee"), { recursive: true });
    mkdirSync(join(cache, "models--org--here", "refs"));
    writeFileSync(join(cache, "models--org--here", "refs", "main"), "c0ffee");
    const env = { PYTHONPATH: library(), HF_HUB_OFFLINE: "1" };

    const { stdout, attempts } = runGuarded([python, "-c", asks(cache)], { env });

    expect(stdout).toBe("not here\n".repeat(3));
    expect(attempts.map(({ host, path }) => [host, path])).toEqual([
      ["huggingface.co", "/org/gone/resolve/main/config.json"],
      ["huggingface.co", "/org/here/resolve/v2/a"],
    ]);
  });

  test("online it asks by itself, and that is seen below it", () => {
    const { attempts } = runGuarded([python, "-c", asks(folder())], { env: { PYTHONPATH: library() } });

    expect(attempts).toEqual([]);
  });
});

test("a Python that cannot read the guard, as one that is too old cannot, runs as ever", () => {
  const dir = folder();
  copyFileSync(new URL("../python/sitecustomize.py", import.meta.url), join(dir, "sitecustomize.py"));
  writeFileSync(join(dir, "preload_guard.py"), "this is no Python\n");

  const { status, stderr, stdout } = spawnSync(python, ["-c", "print('ran')"], {
    env: { ...process.env, PRELOAD_GUARD: "block", PYTHONPATH: dir },
    encoding: "utf8",
  });

  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "ran\n" });
});
