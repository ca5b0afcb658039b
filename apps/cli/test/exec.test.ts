import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { bin } from "./support/run.ts";
import { world } from "./support/world.ts";

const node = process.execPath;
const print = (expression: string) => [node, "-e", `process.stdout.write(JSON.stringify(${expression}))`];

test("the command finds the directories in its environment", async () => {
  const { preload, hub, spacy } = await world();
  await preload(["install"]);

  const { code, stdout } = await preload(["exec", "--", ...print("process.env")], { env: { MINE: "stays" } });

  expect(code).toBe(0);
  const { PYTHONPATH, ...seen } = JSON.parse(stdout);
  expect(seen).toMatchObject({ HF_HUB_CACHE: hub, MINE: "stays" });
  expect(seen).not.toHaveProperty("HF_HUB_OFFLINE");
  expect(PYTHONPATH.split(delimiter)[0]).toBe(spacy);
});

test("a pytest finds the plugin, and exec within exec says nothing twice", async () => {
  const { preload, spacy } = await world();
  await preload(["install"]);

  const once = await preload(["exec", "--", ...print("process.env.PYTHONPATH")], { env: { PYTHONPATH: "/mine" } });
  const twice = await preload(["exec", "--", node, bin, "exec", "--", ...print("process.env.PYTHONPATH")], {
    env: { PYTHONPATH: "/mine" },
  });

  const [first, plugin = "", ...rest] = JSON.parse(once.stdout).split(delimiter);
  expect([first, ...rest]).toEqual([spacy, "/mine"]);
  expect(existsSync(join(plugin, "preload_pytest.py"))).toBe(true);
  expect(twice.stdout).toBe(once.stdout);
});

test("--offline tells the clients so", async () => {
  const { preload } = await world();
  await preload(["install"]);

  const { stdout } = await preload(["exec", "--offline", "--", ...print("process.env.HF_HUB_OFFLINE")]);

  expect(stdout).toBe('"1"');
});

test("arguments and standard input reach the command as they are", async () => {
  const { preload } = await world({ config: "none" });
  const program = "process.stdin.on('data', (text) => console.log(process.argv.slice(1).join('|'), String(text)))";

  const { stdout } = await preload(["exec", "--", node, "-e", program, "--", "--json", "--", "a b", "-p"], {
    input: "in",
  });

  expect(stdout).toBe("--json|--|a b|-p in\n");
});

test("nothing is asked of the network", async () => {
  const { preload, demo } = await world();
  await preload(["install"]);
  demo.origin.clear();

  await preload(["exec", "--", "true"]);

  expect(demo.origin.requests).toEqual([]);
});

test.each([0, 1, 42, 255])("exit %i of the command is ours", async (code) => {
  const { preload } = await world({ config: "none" });

  expect((await preload(["exec", "--", "sh", "-c", `exit ${code}`])).code).toBe(code);
});

test("a command that a signal ended gives 128 plus its number", async () => {
  const { preload } = await world({ config: "none" });

  expect((await preload(["exec", "--", "sh", "-c", "kill -TERM $$"])).code).toBe(143);
  expect((await preload(["exec", "--", "sh", "-c", "kill -KILL $$"])).code).toBe(137);
});

test("a command that is not there is 127, one that cannot be run 126", async () => {
  const { preload, project } = await world({ config: "none" });
  await writeFile(join(project, "script"), "#!/bin/sh\n");
  await chmod(join(project, "script"), 0o644);

  const absent = await preload(["exec", "--", "no-such-command"]);
  const closed = await preload(["exec", "--", "./script"]);
  const long = await preload(["exec", "--", "x".repeat(10_000)]);

  expect([absent.code, absent.stderr]).toEqual([127, "preload: no-such-command: command not found\n"]);
  expect([closed.code, closed.stderr]).toEqual([126, "preload: ./script: cannot be run (EACCES)\n"]);
  expect([long.code, long.stderr]).toEqual([126, expect.stringContaining("x: cannot be run (ENAMETOOLONG)\n")]);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s is passed on, and the command decides how it ends",
  async (signal) => {
    const { project, env } = await world({ config: "none" });
    const program = `process.once("${signal}", () => setTimeout(() => process.exit(7), 100)); setInterval(() => {}, 1000); console.log("ready")`;
    const child = spawn(node, [bin, "exec", "--", node, "-e", program], {
      cwd: project,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));

    child.kill(signal);
    const code = await new Promise((resolve) => child.once("exit", resolve));

    expect(code).toBe(7);
  },
);

test("a missing model keeps the command from starting", async () => {
  const { preload } = await world();

  const { code, stdout, stderr } = await preload(["exec", "--", "echo", "started"]);

  expect(code).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).toContain("the command was not started");
  expect(stderr).toContain("  `preload install` makes them ready; --no-verify starts it all the same\n");
  expect(stderr).toContain("hf:preload-demo/tiny-bart");
});

test.each([
  [["-m", "hf:org/other"], 3, "  `preload add hf:org/other && preload install` makes them ready"],
  [["-m", "whisper:tin.en"], 2, "unknown whisper model tin.en; did you mean tiny.en?"],
  [["-m", "bogus"], 2, "error --model bogus is no model\n  A model is written scheme:name"],
  [["--offline", "strict"], 2, "error strict: there is no such program\n  What must be enforced is --offline=strict"],
])("%j is refused with the next step", async (flags, exitCode, told) => {
  const { preload } = await world();

  const { code, stdout, stderr } = await preload(["exec", ...flags, "--", "echo", "started"]);

  expect([code, stdout]).toEqual([exitCode, ""]);
  expect(stderr).toContain(told);
  expect(stderr).not.toContain("Known are install");
});

test("so does a broken one, with another code", async () => {
  const { preload, whisper } = await world();
  await preload(["install"]);
  await appendFile(join(whisper, "tiny-demo.pt"), "x");

  const { code, stdout, stderr } = await preload(["exec", "--", "echo", "started"]);

  expect([code, stdout]).toEqual([4, ""]);
  expect(stderr).toContain("whisper:tiny-demo is broken");
  expect(stderr).toContain("corrupt");
});

test("--no-verify starts it whatever is missing", async () => {
  const { preload } = await world();

  expect(await preload(["exec", "--no-verify", "--", "echo", "started"])).toMatchObject({
    code: 0,
    stdout: "started\n",
  });
});

test("an optional model may be missing", async () => {
  const { preload } = await world({
    config: "profiles: { test: [{ ref: hf:preload-demo/gated-bart, optional: true }] }",
  });

  expect((await preload(["exec", "--", "true"])).code).toBe(0);
});

test("-m looks for another model than the profiles'", async () => {
  const { preload } = await world();
  await preload(["install", "whisper:tiny-demo"]);

  expect((await preload(["exec", "-m", "whisper:tiny-demo", "--", "true"])).code).toBe(0);
  expect((await preload(["exec", "-m", "hf:preload-demo/tiny-bart", "--", "true"])).code).toBe(3);
});

test("a miss says where else on this machine the model is", async () => {
  const { preload, hub, home, project } = await world({ config: "profiles: { test: [hf:preload-demo/tiny-bart] }" });
  await preload(["install"]);
  await cp(hub, join(project, ".cache/huggingface/hub"), { recursive: true, verbatimSymlinks: true });
  await rm(hub, { recursive: true });

  const { code, stderr } = await preload(["exec", "--", "true"]);
  const moved = await preload(["exec", "--", "true"], { env: { HF_HOME: join(home, "elsewhere") } });

  expect(code).toBe(3);
  expect(stderr).toContain(`also in   ${join(project, ".cache/huggingface/hub")} (the project's .cache): complete`);
  expect(moved.stderr).toContain("(HF_HOME)");
});

test.each([["--json"], ["--format=ndjson"]])("%s is refused, since the output is the command's", async (flag) => {
  const { preload } = await world({ config: "none" });

  const { code, stdout, stderr } = await preload(["exec", flag, "--", "echo", "started"]);

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, command: "exec", ok: false, error: { code: "USAGE" } });
  expect(stderr).toContain("preload verify --json");
});

test("there has to be a command", async () => {
  const { preload } = await world({ config: "none" });

  expect((await preload(["exec"])).code).toBe(2);
});
