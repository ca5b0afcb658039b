import { spawn } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bytes, type OriginRequest, pattern, serve, tree } from "@preload/core/testing";
import { demoConfig, demoToken, hubRepo, whisperModel } from "@preload/demo-origin";
import { expect, onTestFinished, test } from "vitest";
import { allTextIn } from "./support/all-text-in.ts";
import { bin } from "./support/run.ts";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const nowhere = (url: string) => ({
  PRELOAD_HF_ENDPOINT: url,
  PRELOAD_WHISPER_ENDPOINT: url,
  PRELOAD_SPACY_ENDPOINT: url,
});

// The size of a checkpoint is asked for by HEAD.
const isGet = (name: string) => (request: OriginRequest) => request.method === "GET" && request.path.includes(name);

/** A whisper model that is large enough to be interrupted. */
function large() {
  const model = whisperModel({ name: "large-demo", bytes: pattern(4_000_000) });
  const config = `models: [{ ref: "whisper:large-demo", sha256: ${model.sha256} }]`;
  return { config, catalog: { repos: [], whisper: [model], spacy: [], tokens: {} } };
}

test.each([
  ["a port that refuses", nowhere("http://127.0.0.1:9"), /127\.0\.0\.1:9: the connection was refused \(ECONNREFUSED\)/],
  ["a name that nobody knows", nowhere("http://preload.invalid"), /preload\.invalid: the name cannot be resolved/],
])("the bare command ends soon, with cause and next step, before %s", async (_, env, message) => {
  const { preload } = await world({ config: "none", env });

  const { code, stderr } = await preload(["-v"]);

  // The third try would be one after eight seconds.
  for (const [, wait] of stderr.matchAll(/trying again in ([\d.]+) s/g)) expect(Number(wait)).toBeLessThan(3);
  expect(stderr).toMatch(message);
  expect(stderr.match(/^error /gm)).toHaveLength(1);
  expect(stderr).toContain("HTTPS_PROXY");
  expect(code).toBe(5);
});

test("a proxy that refuses is named", async () => {
  const proxy = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { preload } = await world({ config: "none", env: nowhere("https://preload.invalid") });

  const { code, stderr } = await preload([], { env: { HTTPS_PROXY: `http://user:secret@${address}` } });

  expect(stderr).toContain(`preload.invalid: the proxy ${address} refused the connection (status 403)`);
  expect(stderr).not.toContain("secret");
  expect(code).toBe(5);
});

test("a wait that a server asks for is told with who asks", async () => {
  const { preload, demo } = await world();
  demo.origin.fault("/api/", { type: "status", status: 429, headers: { "retry-after": "1" } }, 1);

  const { code, stderr } = await preload([bart, "-v"]);

  expect(stderr).toMatch(/127\.0\.0\.1:\d+ answers 429; waiting 1\.0 s as it asks/);
  expect(code).toBe(0);
});

test("--stall-timeout gives up a connection that is silent, and the next try continues", async () => {
  const { preload, demo } = await world(large());
  demo.origin.fault(isGet("large-demo.pt"), { type: "stall", at: 2_000_000 }, 1);

  const { code, stderr } = await preload(["--stall-timeout", "1", "-v"]);

  expect(stderr).toMatch(/127\.0\.0\.1:\d+: nothing for 1\.0 s; asking again\n/);
  expect(stderr).toMatch(/large-demo\.pt goes on after 2\.0 MB\n/);
  expect(code).toBe(0);
  expect(demo.origin.bytesSent).toBeLessThan(6_000_000);
});

test("--timeout ends the run with 5, keeps what came, and the next run continues", async () => {
  const { preload, demo, whisper } = await world(large());
  demo.origin.fault(isGet("large-demo.pt"), { type: "stall", at: 2_000_000 });

  // A slow machine has to have more time before something has come.
  for (let seconds = 2; (await received(whisper)) < 1_000_000; seconds *= 2) {
    expect(seconds).toBeLessThan(60);
    const ended = await preload(["--timeout", `${seconds}`]);
    expect(ended.stderr).toContain(`not done after ${seconds} seconds`);
    expect(ended.code).toBe(5);
  }
  const partials = await readdir(whisper);
  demo.origin.clear();
  const continued = await preload(["-v"]);

  expect(partials).toHaveLength(1);
  expect(partials[0]).toMatch(/\.part$/);
  expect(continued.stderr).toMatch(/continued after/);
  expect([continued.code, await readdir(whisper)]).toEqual([0, ["large-demo.pt"]]);
  expect(demo.origin.bytesSent).toBeLessThan(4_000_000);
});

test("--timeout is a deadline also for what only asks, and may be longer than a timer lasts", async () => {
  const { preload } = await world();
  await preload(["lock"]);

  const over = await preload(["update", "--timeout", "0"]);
  const long = await preload(["update", "--timeout", "999999999h"]);

  expect([over.code, over.stderr]).toEqual([5, expect.stringContaining("not done after 0 seconds")]);
  expect(long.stderr).not.toContain("TimeoutOverflowWarning");
  expect(long.code).toBe(0);
});

test("--max-rate holds the sum of all transfers below it", async () => {
  const { preload } = await world(large());
  const start = performance.now();

  expect((await preload(["--max-rate", "2M"])).code).toBe(0);

  expect(performance.now() - start).toBeGreaterThan(1_500);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends with %i, keeps partials, and the next run continues", async (name, exitCode) => {
  const { preload, demo, whisper, project, env } = await world(large());
  // It does not come to its end before it is struck.
  demo.origin.fault(isGet("large-demo.pt"), { type: "stall", at: 2_000_000 });
  const child = spawn(process.execPath, [bin, "--max-rate", "1M", "--json"], {
    cwd: project,
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const closed = new Promise((resolve) => child.once("close", resolve));
  while (child.exitCode === null && (await received(whisper)) < 1_000_000) await pause(20);
  child.kill(name);
  const code = await closed;

  expect([code, stderr.includes("run the same command again and it continues")]).toEqual([exitCode, true]);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode, error: { code: "ABORTED" } });
  expect((await readdir(whisper)).join()).toMatch(/^large-demo\.pt\.[0-9a-f]{12}\.part$/);
  demo.origin.clear();
  expect((await preload([])).code).toBe(0);
  expect(demo.origin.bytesSent).toBeLessThan(4_000_000);
  expect(await readdir(whisper)).toEqual(["large-demo.pt"]);
});

test("a doctor who is stopped says so, and nothing of what was not yet heard", async () => {
  const silent = await serve(() => new Promise(() => {}));
  onTestFinished(() => silent.close());
  const { project, env } = await world({ env: { PRELOAD_HF_ENDPOINT: silent.url } });
  const child = spawn(process.execPath, [bin, "doctor", "--net", "--only", "hf", "--json"], {
    cwd: project,
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  let stdout = "";
  child.stdout.on("data", (text) => (stdout += text));
  const closed = new Promise((resolve) => child.once("close", resolve));
  while (child.exitCode === null && silent.count() === 0) await pause(20);
  child.kill("SIGINT");

  expect(await closed).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 130, error: { code: "ABORTED" } });
});

/** Bytes of files and partials on the disk. */
async function received(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  // What is gone by now was a lease.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("eight at once on an empty cache: all succeed, nothing is left over, nothing is fetched eight times", async () => {
  const { preload, demo, hub, whisper, spacy } = await world();

  const runs = await Promise.all(Array.from({ length: 8 }, () => preload(["-v"])));

  expect(
    runs.map(({ code }) => code),
    runs.map(({ stderr }) => stderr).join("\n"),
  ).toEqual(Array(8).fill(0));
  const left = (await Promise.all([hub, whisper, spacy].map(tree))).flat();
  expect(left.filter((line) => /\.part|\.lease|\.tmp|\.preload-/.test(line))).toEqual([]);
  expect(demo.origin.count(isGet("tiny-demo.pt"))).toBeLessThan(8);
  expect((await preload(["verify", "--deep"])).code).toBe(0);
});

test("the token appears in no output and in no file, and goes only where the user sends it", async () => {
  const config = (demo: Parameters<typeof demoConfig>[0]) =>
    `${demoConfig(demo)}aliases: { gated: { ref: "hf:preload-demo/gated-bart", optional: true } }\nmodels: [gated]\n`;
  const { preload, demo, project, home } = await world({
    config,
    env: { HF_TOKEN: demoToken, PRELOAD_HF_ENDPOINT: "" },
  });
  const shown = () => demo.origin.requests.filter(({ headers }) => headers.authorization).length;

  // The endpoint of the config is somebody else's word.
  const byConfig = await preload(["-v", "-p", "default"]);
  expect([byConfig.code, shown()]).toEqual([0, 0]);
  expect(byConfig.stderr).toContain("skipped hf:preload-demo/gated-bart");

  const byFlag = await preload(["-v", "-p", "default", "--format", "ndjson", "--endpoint", `hf=${demo.endpoints.hf}`]);
  expect(byFlag.code).toBe(0);
  expect(shown()).toBeGreaterThan(0);
  expect(demo.origin.requests.filter(({ path, headers }) => path.startsWith("/cdn/") && headers.authorization)).toEqual(
    [],
  );

  const outputs = [byConfig, byFlag].flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
  expect(outputs).not.toContain(demoToken);
  const { execFileSync } = await import("node:child_process");
  expect(() => execFileSync("grep", ["-rl", demoToken, project, join(home, "state")])).toThrow();
});

test.each([200, 401, 403, 500])(
  "a server that answers with %i and what it was sent does not bring the token into outputs, reports and files",
  async (status) => {
    const origin = await serve((request) => echoed(status, request));
    onTestFinished(() => origin.close());
    const { preload, project, home } = await world({
      config: "models: [hf:preload-demo/tiny-bart, { ref: whisper:tiny-demo, optional: true }]\n",
      env: {
        HF_TOKEN: demoToken,
        PRELOAD_HF_ENDPOINT: origin.url,
        PRELOAD_WHISPER_ENDPOINT: origin.url.replace("//", "//ada:hunter2@"),
        PRELOAD_TIMEOUT: "2",
      },
    });
    const reports = ["--report", "json", "a.json", "--report", "junit", "a.xml", "--report", "openmetrics", "a.om"];
    let said = "";

    for (const args of [["install", "-v", ...reports], ["lock", "--json"], ["outdated"], ["doctor", "--net"]]) {
      const { stdout, stderr } = await preload(args);
      said += stdout + stderr;
    }
    await preload(["report", "--html", "report.html"]);

    expect(origin.requests.filter(({ headers }) => headers.authorization === `Bearer ${demoToken}`)).not.toEqual([]);
    for (const dir of [project, home]) said += await allTextIn(dir);
    const secrets = [demoToken, "hunter2", Buffer.from("ada:hunter2").toString("base64")];
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  },
);

/** As some proxies and frameworks do while somebody is debugging them. */
function echoed(status: number, { path, headers }: OriginRequest) {
  const said = `cannot ${path} with ${JSON.stringify(headers)}`;
  return { status, headers: { "x-error-message": said }, body: JSON.stringify({ error: said, sha: said }) };
}

test("a model that another one opens is fetched with it, one that runs code is only named", async () => {
  const adapter = hubRepo({
    id: "org/adapter",
    files: {
      "adapter_config.json": JSON.stringify({ base_model_name_or_path: "org/base" }),
      "adapter_model.safetensors": bytes("adapter weights"),
      "config.json": JSON.stringify({ auto_map: { AutoModel: "org/code--modeling.Model" } }),
    },
  });
  const base = hubRepo({ id: "org/base", files: { "config.json": "{}", "model.safetensors": bytes("base weights") } });
  const { preload } = await world({
    config: "none",
    catalog: { repos: [adapter, base], whisper: [], spacy: [], tokens: {} },
  });

  const { code, stdout, stderr } = await preload(["hf:org/adapter"]);

  expect(stdout).toMatch(
    /ready hf:org\/adapter[\s\S]*ready hf:org\/base|ready hf:org\/base[\s\S]*ready hf:org\/adapter/,
  );
  expect(stderr).toMatch(
    /notice hf:org\/adapter opens hf:org\/code, which was not fetched \(code that the loader would run/,
  );
  expect(code).toBe(0);
});

test("a model with code of its own is fetched without it, and that is said by plan, lock and install", async () => {
  const own = hubRepo({
    id: "org/own",
    files: {
      "config.json": JSON.stringify({ auto_map: { AutoModel: "modeling_own.Model" } }),
      "modeling_own.py": "import os",
      "model.safetensors": bytes("weights"),
    },
  });
  const catalog = { repos: [own], whisper: [], spacy: [], tokens: {} };
  const { preload, project } = await world({ config: "models: [hf:org/own]\n", catalog });

  const said = await Promise.all(["plan", "lock"].map((command) => preload([command])));
  const installed = await preload([]);
  await writeFile(join(project, "preload.yaml"), "models: [{ ref: hf:org/own, code: true }]\n");
  const trusted = await preload([]);

  for (const { code, stderr } of [...said, installed]) {
    expect(stderr).toContain("notice hf:org/own has code of its own, modeling_own.py, that the loader would run");
    expect(stderr).toContain("say `code: true` beside it");
    expect(code).toBe(0);
  }
  expect([trusted.code, trusted.stderr]).toEqual([0, expect.not.stringContaining("notice hf:org/own")]);
});

test("a certificate file that is not there is said once, with exit 2", async () => {
  const { preload } = await world();

  const { code, stderr } = await preload(["hf:org/name"], { env: { SSL_CERT_FILE: "/nowhere/ca.pem" } });

  expect(stderr.match(/SSL_CERT_FILE names \/nowhere\/ca\.pem, which cannot be read \(ENOENT\)/g)).toHaveLength(1);
  expect(stderr).not.toContain("Node.js v");
  expect(code).toBe(2);
});

test("a proxy that is no address is named as that, and not as a bug", async () => {
  const { preload } = await world();
  const env = { HTTPS_PROXY: "proxy:with:colons", PRELOAD_HF_ENDPOINT: "https://hub.example" };

  const { code, stderr } = await preload(["hf:org/name"], { env });

  expect(stderr).toContain("the proxy in the environment is not an address");
  expect(code).toBe(2);
});
