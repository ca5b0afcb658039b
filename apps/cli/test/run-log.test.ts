import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { RunRecord } from "../src/runs/record.ts";
import { bin } from "./support/run.ts";
import { type World, world } from "./support/world.ts";

const path = ({ home }: Pick<World, "home">) => join(home, "state", "runs.jsonl");

async function linesIn(made: Pick<World, "home">): Promise<RunRecord[]> {
  const text = await readFile(path(made), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

const sources = ({ models }: RunRecord) => models.map(({ source }) => source);

test("each install, ci, verify and unpack adds a line: what it was, how it ended, and where each model came from", async () => {
  const made = await world();
  const { preload } = made;
  await preload([]);
  await preload(["ci", "--json"]);
  await preload(["verify"]);
  await preload(["pack", "models.tar"]);
  await rm(made.whisper, { recursive: true });
  await preload(["unpack", "models.tar"]);

  const lines = await linesIn(made);

  expect(lines.map(({ command, exitCode }) => [command, exitCode])).toEqual([
    ["install", 0],
    ["ci", 0],
    ["verify", 0],
    ["unpack", 0],
  ]);
  const [install, ci, verify, unpack] = lines as [RunRecord, RunRecord, RunRecord, RunRecord];
  expect(new Set(sources(install))).toEqual(new Set(["network"]));
  expect(new Set([...sources(ci), ...sources(verify)])).toEqual(new Set(["cache"]));
  expect(new Set(sources(unpack))).toEqual(new Set(["cache", "pack"]));
  expect(install).toMatchObject({ version: 1, retries: 0, errors: [], error: null, project: ci.project });
  expect(install.fetchedBytes).toBe(install.models.reduce((sum, { fetchedBytes }) => sum + fetchedBytes, 0));
  expect(install.fetchedBytes).toBeGreaterThan(100_000);
  expect(install.requests).toBeGreaterThan(5);
  expect([ci.fetchedBytes, ci.requests]).toEqual([0, 0]);
  expect(ci.lockDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(Math.abs(Date.parse(install.at) - Date.now())).toBeLessThan(600_000);
});

test("what is broken and mended is repaired, and what cannot be had has failed, with its code and no message", async () => {
  const made = await world();
  await made.preload([]);
  await truncate(join(made.whisper, "tiny-demo.pt"), 10);
  await made.preload(["verify"]);
  await made.preload(["verify", "--fix"]);
  await rm(made.whisper, { recursive: true });
  made.demo.origin.fault("tiny-demo.pt", { type: "status", status: 404 });
  await made.preload(["ci"]);

  const whisper = (await linesIn(made)).map(({ models }) => models.find(({ ref }) => ref === "whisper:tiny-demo"));

  expect(whisper.map((model) => model?.source)).toEqual(["network", "failed", "repaired", "failed"]);
  expect(whisper.map((model) => model?.error?.code)).toEqual([undefined, "CORRUPT", undefined, "NOT_FOUND"]);
  expect(whisper.map((model) => model?.error?.message ?? "")).toEqual(["", "", "", ""]);
});

test("requests that come to nothing are counted by host and cause, whether they are made again or not", async () => {
  const made = await world();
  const { host } = new URL(made.demo.endpoints.whisper);
  await made.preload(["lock"]);
  made.demo.origin.fault("tiny-demo.pt", { type: "status", status: 503, headers: { "retry-after": "0" } }, 2);
  await made.preload([]);

  const [line] = await linesIn(made);

  expect(line).toMatchObject({ exitCode: 0, retries: 2, errors: [{ host, cause: "HTTP 503", count: 2 }] });

  await rm(made.whisper, { recursive: true });
  await made.preload(["ci"], { env: { PRELOAD_WHISPER_ENDPOINT: "http://127.0.0.1:9" } });
  const gone = (await linesIn(made)).at(-1);
  expect(gone?.exitCode).toBe(5);
  expect(gone?.errors).toMatchObject([{ host: "127.0.0.1:9", cause: "ECONNREFUSED" }]);
});

test("no password, no query and no folder of this user stands in it", async () => {
  const made = await world({
    config: ({ endpoints }) => `models: ["url:${endpoints.url}/nothing.bin?token=SECRET"]\n`,
  });
  const withPassword = made.demo.endpoints.hf.replace("//", "//user:SECRET@");

  await made.preload([], { env: { PRELOAD_HF_ENDPOINT: withPassword, HF_TOKEN: "hf_SECRETSECRET" } });
  await made.preload(["install", "hf:org/SEE"], { env: { PRELOAD_HF_ENDPOINT: withPassword } });

  const text = await readFile(path(made), "utf8");
  expect(text.split("\n")).toHaveLength(3);
  expect(text).not.toContain("SECRET");
  expect(text).not.toContain(made.home);
  expect(text).not.toContain(made.project);
});

describe("none is kept", () => {
  test("with PRELOAD_RUN_LOG=0", async () => {
    const made = await world({ env: { PRELOAD_RUN_LOG: "0" } });
    await made.preload([]);
    await made.preload(["ci"]);

    expect(await linesIn(made)).toEqual([]);
  });

  test("with runLog: false in the config, unless the variable says otherwise", async () => {
    const made = await world();
    await appendFile(join(made.project, "preload.yaml"), "runLog: false\n");
    await made.preload([]);
    expect(await linesIn(made)).toEqual([]);

    await made.preload(["ci"], { env: { PRELOAD_RUN_LOG: "1" } });
    expect(await linesIn(made)).toHaveLength(1);
  });
});

test("a run that is spared adds its line as well", async () => {
  const made = await world();
  await made.preload([]);
  await pause(100);
  await made.preload(["ci"]);

  await made.preload(["ci"]);

  const [, first, second] = (await linesIn(made)) as [RunRecord, RunRecord, RunRecord];
  const { at, milliseconds, models, ...rest } = second;
  expect(rest).toEqual(Object.fromEntries(Object.keys(rest).map((name) => [name, first[name as keyof RunRecord]])));
  expect(sources(second)).toEqual(sources(first));
  expect(at > first.at).toBe(true);
  expect(milliseconds).toBeGreaterThan(0);
});

test("of many runs at once, each is a line of its own", async () => {
  const made = await world();
  await made.preload([]);

  await Promise.all([...Array(10).keys()].map(() => made.preload(["verify"])));

  expect(await linesIn(made)).toHaveLength(11);
});

test("where nothing can be written, the run ends as it does otherwise", async () => {
  const made = await world();
  await mkdir(path(made), { recursive: true });

  const { code } = await made.preload([]);

  expect(code).toBe(0);
});

test.skipIf(process.platform === "win32")("it is for its owner alone", async () => {
  const made = await world();
  await made.preload([]);

  expect((await stat(path(made))).mode & 0o077).toBe(0);
});

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("a run that ends by %s", (signal, exitCode) => {
  test("is remembered with its exit code, and with what it had not done", async () => {
    const made = await world();
    await made.preload(["lock"]);
    made.demo.origin.fault(/\.(pt|bin|safetensors)/, { type: "latency", ms: 20_000 });
    const seen = made.demo.origin.requests.length;
    const child = spawn(process.execPath, [bin, "ci"], { cwd: made.project, env: { ...process.env, ...made.env } });
    while (made.demo.origin.requests.length === seen) await pause(20);
    child.kill(signal);
    const [code] = await once(child, "exit");

    expect(code).toBe(exitCode);
    const [line] = await linesIn(made);
    expect(line).toMatchObject({ command: "ci", exitCode, error: { code: "ABORTED" } });
    expect(line?.models.map(({ source }) => source)).toContain("failed");
  });
});

test("a run of a config that cannot be read is told in its report", async () => {
  const made = await world({ config: "modles: []\n" });

  const { code } = await made.preload(["ci", "--report", "json", "report.json"]);

  expect(code).toBe(2);
  const report = JSON.parse(await readFile(join(made.project, "report.json"), "utf8"));
  expect(report).toMatchObject({ command: "ci", exitCode: 2, models: [], error: { code: "BAD_CONFIG" } });
});

test("a clock that was wrong, and a line that is no record, change neither which run was the last nor what can be read", async () => {
  const made = await world();
  await made.preload([]);
  const [install] = (await linesIn(made)) as [RunRecord];
  const others = [
    { ...install, at: "2099-01-01T00:00:00.000Z" },
    { ...install, at: "1970-01-01T00:00:00.000Z" },
    { ...install, errors: [null] },
  ];
  await appendFile(path(made), others.map((record) => `${JSON.stringify(record)}\n`).join(""));
  await rm(made.whisper, { recursive: true });
  await made.preload(["verify"]);

  const summary = await made.preload(["ci-summary", "--json"]);
  const stats = await made.preload(["stats", "--json"]);

  expect(JSON.parse(summary.stdout).run).toMatchObject({ command: "verify", exitCode: 3 });
  const { runs, trend } = JSON.parse(stats.stdout);
  expect(runs).toBe(4);
  expect(trend.length).toBeLessThanOrEqual(104);
});
