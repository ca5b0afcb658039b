import { spawn, spawnSync } from "node:child_process";
import { readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCut } from "../src/exec/cut.ts";
import { firstProcess } from "../src/exec/first-process.ts";
import { questionIn, resolverIn } from "../src/exec/inside/names.ts";
import { filter, refusalIn } from "../src/exec/inside/packets.ts";
import { watchers } from "../src/exec/inside/watchers.ts";
import { waysHere } from "../src/exec/ways.ts";
import { openPlace, users } from "./support/cut.ts";
import { bin, run } from "./support/run.ts";
import { openTerminal, withoutTmux } from "./support/tmux.ts";

const python = (text: string) => ["python3", "-c", text];

/** Runs `preload exec` somewhere, with a temporary directory of its own. */
async function exec(
  args: readonly string[],
  { as = [], env = {} }: { as?: readonly string[]; env?: Record<string, string> } = {},
) {
  const place = await openPlace();
  return run(["exec", ...args], { cwd: place.cwd, as, env: { ...place.env, ...env } });
}

async function listening(host: string): Promise<number> {
  const server = createServer((socket) => socket.end("hello\n"));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const readAll = (host: string, port: number) =>
  python(`
import socket
s = socket.create_connection(("${host}", ${port}), timeout=60); s.shutdown(socket.SHUT_WR); print(s.recv(9))`);

describe.each(users)("as %s", (_, as) => {
  test("the command is who we are, and has no capability nor a way to one", async () => {
    const { stdout } = await exec(
      ["--offline=strict", "--", "sh", "-c", "id -u; grep -E '^(Cap|NoNew)' /proc/self/status"],
      { as },
    );
    const outside = spawnSync([...as, "id"][0] ?? "", [...as, "id", "-u"].slice(1), { encoding: "utf8" });

    expect(stdout.replaceAll("\t", " ").trim().split("\n")).toEqual([
      outside.stdout.trim(),
      ...["Inh", "Prm", "Eff", "Bnd", "Amb"].map((set) => `Cap${set}: 0000000000000000`),
      "NoNewPrivs: 1",
    ]);
  });

  test("it has loopback, and no other device", async () => {
    const { stdout } = await exec(["--offline", "--", "sh", "-c", "tail -n +3 /proc/net/dev | cut -d: -f1"], { as });

    expect(stdout.trim()).toBe("lo");
  });

  test("a socket that the caller left open is not handed on", async () => {
    const place = await openPlace();
    const caller = ["bash", "-c", 'exec 200<>/dev/udp/127.0.0.1/9; exec "$@"', "bash"];
    const inside = ["sh", "-c", "ls -l /proc/self/fd | grep -c ' 200 '"];

    const ran = await run(["exec", "--offline=strict", "--", ...inside], { ...place, as: [...as, ...caller] });

    expect(ran).toMatchObject({ stdout: "0\n", code: 1 });
  });

  test("it sees its own set of processes", async () => {
    const { stdout } = await exec(
      ["--offline", "--", ...python("import os; print(os.readlink('/proc/self') == str(os.getpid()))")],
      { as },
    );

    expect(stdout).toBe("True\n");
  });

  test("variables, arguments and input reach it, and its errors are told from its output", async () => {
    const text = 'printf \'%s|\' "$@" "$ODD"; cat; echo bad >&2; exit 7';
    const place = await openPlace();

    const ran = await run(["exec", "--offline", "--", "sh", "-c", text, "sh", "a b", "--offline=strict"], {
      cwd: place.cwd,
      env: { ...place.env, ODD: "x\ny", "a.b": "kept" },
      input: "in",
      as,
    });

    expect(ran).toEqual({ code: 7, stdout: "a b|--offline=strict|x\ny|in", stderr: expect.stringContaining("bad\n") });
  });

  test("an end by a signal is 128 and its number; what cannot be started, 127 and 126", async () => {
    const codes = await Promise.all(
      [["sh", "-c", "kill -TERM $$"], ["sh", "-c", "kill -KILL $$"], ["no-such-command"], ["./.git"]].map(
        async (command) => (await exec(["--offline", "--", ...command], { as })).code,
      ),
    );

    expect(codes).toEqual([143, 137, 127, 126]);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const)(
    "%s is passed on, and the command decides",
    async (signal) => {
      const program = `process.once("${signal}", () => setTimeout(() => process.exit(7), 100)); setInterval(() => {}, 1000); console.log("ready")`;
      const { child, lines } = await start([process.execPath, "-e", program], as);
      await lines.next();

      child.kill(signal);

      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(7);
    },
  );

  test.each(["SIGKILL", "SIGTERM"] as const)("%s leaves no process, namespace or file behind", async (signal) => {
    const program = "readlink /proc/self/ns/net; setsid --fork sh -c 'trap \"\" TERM HUP; sleep 600'; sleep 600";
    const { child, lines, temp } = await start(["sh", "-c", `${program} & wait`], as);
    const { value: namespace } = await lines.next();
    expect((await inNamespace(namespace)).length).toBeGreaterThan(0);
    expect((await readdir(temp)).length).toBe(1);

    child.kill(signal);

    await expect.poll(() => inNamespace(namespace), { timeout: 60_000 }).toEqual([]);
    await expect.poll(() => readdir(temp), { timeout: 60_000 }).toEqual([]);
  });

  test("what it leaves running ends with it", async () => {
    const { child, lines, temp } = await start(
      ["sh", "-c", "setsid --fork sleep 600; readlink /proc/self/ns/net; exit 4"],
      as,
    );
    const { value: namespace } = await lines.next();

    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(4);
    expect(await inNamespace(namespace)).toEqual([]);
    expect(await readdir(temp)).toEqual([]);
  });

  test.each(["127.0.0.1", "::1"])("a port of %s answers inside when it is allowed, and only then", async (host) => {
    const port = await listening(host);

    const closed = await exec(["--offline", "--", ...readAll(host, port)], { as });
    const open = await exec(["--offline", "--allow-port", `${port}`, "--", ...readAll(host, port)], { as });
    const other = await exec(["--offline", "--allow-port", `${port}`, "--", ...readAll("localhost", port)], { as });

    expect(closed.stderr).toContain("ConnectionRefusedError");
    expect([open.stdout, other.stdout], open.stderr + other.stderr).toEqual(["b'hello\\n'\n", "b'hello\\n'\n"]);
  });

  const [outward] = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.filter(({ internal, family }) => !internal && family === "IPv4"),
  );

  test.skipIf(outward === undefined)("this machine's own address is as far away as any other", async () => {
    const { address = "" } = outward ?? {};
    const port = await listening(address);

    const plain = await exec(["--", ...readAll(address, port)], { as });
    const cut = await exec(["--offline", "--", ...readAll(address, port)], { as });

    expect(plain.stdout).toBe("b'hello\\n'\n");
    expect([cut.code, cut.stdout]).toEqual([1, ""]);
  });
});

describe.skipIf(users.length === 0)("where the kernel refuses", () => {
  // In a user namespace that may have no network of its own.
  const refused = [
    "unshare",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"',
    "sh",
  ];

  test("--offline says that it is advisory, and why; guards and a proxy are what there is", async () => {
    const text = "curl -sS https://models.example/a; curl -sS http://models.example/b";

    const { code, stdout, stderr } = await exec(["--offline", "--", "sh", "-c", text], { as: refused });

    expect(stderr).toContain("preload: --offline is advisory here: unshare: unshare failed");
    expect(code).toBe(9);
    expect(stdout).toContain("there is no network for this command");
    expect(stderr).toContain("a program asked models.example for /b");
  });

  test("--offline=strict does not start the command", async () => {
    const { code, stdout, stderr } = await exec(["--offline=strict", "--", "echo", "started"], { as: refused });

    expect([code, stdout]).toEqual([9, ""]);
    expect(stderr).toContain("cannot be cut below a command here\n  unshare: unshare failed");
    expect(stderr).toContain("docker run --privileged");
  });
});

const noTerminal = users.length === 0 ? "nothing can be cut here" : await withoutTmux();

test.skipIf(noTerminal !== undefined)(
  "a terminal is the command's: it tells it Ctrl-C once, and has jobs",
  async () => {
    const { cwd, env } = await openPlace();
    const terminal = await openTerminal({ columns: 80, rows: 24, cwd, env });
    const ends = (line: string) =>
      terminal.until((lines) => lines.at(-1) === "$" && lines.some((one) => one.endsWith(line)));
    await writeFile(
      join(cwd, "told.py"),
      `
import os, signal, sys, time
told = 0
def hear(*_):
    global told
    told += 1
signal.signal(signal.SIGINT, hear)
print("ready", *(os.isatty(fd) for fd in (0, 1, 2)), flush=True)
while told == 0: time.sleep(0.05)
time.sleep(0.5)
sys.exit(40 + told)`,
    );

    await terminal.type(`${process.execPath} ${bin} exec --offline=strict -- python3 told.py; echo "ended $?"`);
    await terminal.until((lines) => lines.includes("ready True True True"));
    await terminal.press("C-c");
    await ends("ended 41");
    await terminal.type(`${process.execPath} ${bin} exec --offline=strict -- sh -c "echo started; sleep 600"`);
    await terminal.until((lines) => lines.at(-1) === "started");
    await terminal.press("C-z");
    await terminal.until((lines) => lines.some((line) => line.includes("Stopped")) && lines.at(-1) === "$");
    await terminal.type("clear; fg; echo ended $?");
    await terminal.until((lines) => lines.join("").startsWith(process.execPath));
    // The shell names the job before it gives it the terminal.
    await expect.poll(() => terminal.program(), { timeout: 60_000 }).not.toBe("sh");
    await terminal.press("C-c");

    await ends("ended 130");
  },
);

const isRoot = process.getuid?.() === 0;
const hasSudo = spawnSync("sudo", ["-n", "true"]).status === 0;

test.skipIf(!isRoot || !hasSudo)("sudo cuts for somebody who may not, and the command is that somebody", async () => {
  const { cwd } = await openPlace();
  const user = { uid: 65534, gid: 65534, groups: [65534] };
  const ways = waysHere({ env: process.env, cwd }, "linux", user).ways.filter(({ name }) => name === "sudo");
  const supervisor = join(fileURLToPath(new URL("../dist/", import.meta.url)), "supervisor.cjs");
  const cut = await openCut({ place: { env: process.env, cwd }, platform: "linux", user, ways, supervisor });
  onTestFinished(() => cut.close());
  const text = "id -u; id -G; grep -E '^Cap(Eff|Bnd)' /proc/self/status; curl -s https://models.example";
  const options = { env: process.env, cwd, io: process };

  const code = await cut.run("sh", ["-c", `(${text}) > told; readlink /proc/self/fd/2 > stderr; exit 5`], options);

  expect(cut.enforcement).toEqual({ by: "sudo" });
  expect(code).toBe(5);
  expect(await readFile(join(cwd, "told"), "utf8")).toBe(
    "65534\n65534\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n",
  );
  // At a terminal, sudo puts one of its own in between.
  if (!process.stderr.isTTY) {
    expect((await readFile(join(cwd, "stderr"), "utf8")).trim()).toBe(await readlink("/proc/self/fd/2"));
  }
  expect(cut.attempts()).toEqual([{ by: "dns", host: "models.example", at: expect.any(Number) }]);
});

test.skipIf(users.length === 0)("a sudo that wants a password is no way, and says so to us alone", async () => {
  const { cwd } = await openPlace();
  const sudo = join(cwd, "sudo");
  await writeFile(sudo, "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n", { mode: 0o755 });
  const place = { env: { PATH: `${cwd}:${process.env.PATH}` }, cwd };
  const user = { uid: 65534, gid: 65534, groups: [] };
  const ways = waysHere(place, "linux", user).ways.filter(({ name }) => name === "sudo");

  const cut = await openCut({ place, platform: "linux", user, ways });
  await cut.close();

  expect(cut.enforcement).toMatchObject({ by: "advisory", reason: "sudo: a password is required" });
});

test("where temporary files cannot be, that is said", async () => {
  const ran = await exec(["--offline", "--", "true"], { env: { TMPDIR: "/no-such-folder" } });

  expect(ran.code).toBe(7);
  expect(ran.stderr).toContain("/no-such-folder takes no temporary files (ENOENT)");
});

describe("ways", () => {
  const place = { env: { PATH: "/no/such/folder" }, cwd: "/" };
  const user = { uid: 1000, gid: 1000, groups: [] };

  test.each(["darwin", "win32"] as const)("%s has none", (platform) => {
    expect(waysHere(place, platform, user)).toMatchObject({
      ways: [],
      reason: expect.stringContaining("has nothing that cuts"),
    });
  });

  test.skipIf(users.length === 0)("root needs no user namespace, and tries one when that is refused", () => {
    const { ways } = waysHere(place, "linux", { uid: 0, gid: 0, groups: [] });

    expect(ways.map(({ words }) => words.includes("--map-current-user"))).toEqual([false, true]);
  });
});

describe.skipIf(users.length === 0)("tools that may not be there", () => {
  const inside = ["--map-current-user", "--keep-caps", "--net", "--", "/bin/sh", "-c", firstProcess, "sh"];

  const tools = ["ip", "ifconfig", "busybox", "perl", "python3"].flatMap((tool) => {
    const file = placeOf(tool);
    return file === "" ? [] : [[tool, file] as const];
  });

  test.each(tools)("%s alone brings the loopback device up", async (tool, file) => {
    const { cwd } = await openPlace();
    await writeFile(join(cwd, tool), `#!/bin/sh\nexec ${file} "$@"\n`, { mode: 0o755 });
    const look = ["-e", "console.log(Object.keys(require('os').networkInterfaces()).join())"];

    const { stdout } = spawnSync("/usr/bin/unshare", [...inside, process.execPath, ...look], {
      env: { PATH: cwd },
      encoding: "utf8",
    });

    expect(stdout).toBe("lo\n");
  });

  test.each(watchers)("%s sees what the kernel refuses, and nothing of loopback", async (program, args) => {
    const { cwd } = await openPlace();
    const script = `"$@" > seen & until grep -q watching seen; do sleep 0.05; done
for port in 7 8; do curl -s http://127.0.0.1:$port/; curl -s http://203.0.113.7:9$port/; curl -sg "http://[2001:db8::7]:9$port/"; done
for i in $(seq 1000); do [ $(wc -l < seen) -ge 5 ] && break; sleep 0.05; done; kill $!; cat seen`;

    const words = [...inside, "/bin/sh", "-c", script, "sh", program, ...args, filter().toString("hex")];
    const { stdout } = spawnSync("unshare", words, { cwd, encoding: "utf8" });

    const [first, ...packets] = stdout.trim().split("\n");
    expect(first).toBe("watching");
    expect(packets.map((hex) => refusalIn(Buffer.from(hex, "hex")))).toEqual([
      { host: "203.0.113.7", port: 97 },
      { host: "2001:db8::7", port: 97 },
      { host: "203.0.113.7", port: 98 },
      { host: "2001:db8::7", port: 98 },
    ]);
  });
});

test("who answers names is read as the C library reads it", () => {
  expect(resolverIn("# a\nnameserver 10.0.0.2\nnameserver ::1\nsearch Corp.example. local\n")).toEqual({
    servers: ["10.0.0.2", "::1"],
    search: ["corp.example", "local"],
  });
  expect(resolverIn("")).toEqual({ servers: ["127.0.0.1"], search: [] });
});

test("a message that is no question is none", () => {
  expect(questionIn(Buffer.alloc(12))).toBeUndefined();
  expect(questionIn(Buffer.from("0000000000000000000000000361", "hex"))).toBeUndefined();
  expect(questionIn(Buffer.alloc(40, 0xff))).toBeUndefined();
});

test.each([
  [["--allow-port", "5432", "--", "true"], "--allow-port opens a way through --offline"],
  [["--offline", "--allow-port", "70000", "--", "true"], '"70000" is not a port'],
  [["--offline=maybe", "--", "true"], "unknown option '--offline=maybe'"],
  [["--offline=strict", "--online", "--", "true"], "cannot be used with"],
])("%j is refused", async (args, said) => {
  const { code, stderr } = await exec(args);

  expect(code).toBe(2);
  expect(stderr).toContain(said);
});

/** Where a tool is, or nothing. */
function placeOf(tool: string): string {
  // What is found may be a script that chooses among several, and needs more.
  const [program, ...args] =
    tool === "python3"
      ? ["python3", "-c", "import sys; print(sys.executable)"]
      : ["sh", "-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`];
  return spawnSync(program ?? "", args, { encoding: "utf8" }).stdout?.trim() ?? "";
}

async function start(command: readonly string[], as: readonly string[]) {
  const { cwd, env } = await openPlace();
  const temp = join(cwd, "tmp");
  spawnSync("mkdir", ["-m", "777", temp]);
  const [program = "", ...words] = [...as, process.execPath, bin, "exec", "--offline=strict", "--", ...command];
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env.PATH, ...env, TMPDIR: temp },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child, temp, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** The processes that have this network. */
async function inNamespace(namespace: string): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const networks = await Promise.all(ids.map((id) => readlink(`/proc/${id}/ns/net`).catch(() => "")));
  return ids.filter((_, index) => networks[index] === namespace);
}
