import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readInputs } from "../src/inputs.ts";
import { harmless } from "../src/runner.ts";
import { configOf, models, world } from "./support/world.ts";

describe("an input that says what it cannot say is an error that names it:", () => {
  for (const [name, text] of [
    ["save", "yes"],
    ["lookup-only", "1"],
    ["fail-on-miss", "True"],
    ["offline-after", "on"],
    ["granularity", "models"],
    ["summary", "no"],
  ]) {
    test(`${name}: ${text}`, () => {
      const read = (asked: string) => (asked === name ? (text ?? "") : "");
      expect(() => readInputs(read, "/w")).toThrow(new RegExp(`^input ${name}: "${text}" is not one of `));
    });
  }
});

describe("a list of three is written", () => {
  for (const [how, text] of [
    ["on lines", "test\nproduction\nnightly\n"],
    ["on lines of Windows", "test\r\nproduction\r\nnightly"],
    ["as items", "- test\n  - production\n-  nightly"],
    ["with commas", "test,production, nightly"],
    ["with spaces of any kind", " test production\u00a0\tnightly"],
    ["in all of these ways", ",test,\n\n- production ,, nightly ,"],
  ]) {
    test(`${how}`, () => {
      const read = (name: string) => (name === "profiles" ? (text ?? "") : "");
      expect(readInputs(read, "/w").profiles).toEqual(["test", "production", "nightly"]);
    });
  }
});

describe("what an input says wrongly is an error that names the input, and what it said:", () => {
  for (const [name, value, said] of [
    ["budget", "-1", "budget: -1"],
    ["budget", "0", "budget: 0"],
    ["budget", "1e9", "budget: 1e9"],
    ["budget", "10,5 GB", "budget: 10,5 GB"],
    ["budget", "~", "budget: ~"],
    ["config", "~/preload.yaml", "config: ~/preload.yaml"],
    ["config", "-x", "config: -x"],
    ["config", ".", "config: ."],
    ["profiles", "tést", "profiles: tést"],
    ["profiles", "[test]", "profiles: [test]"],
    ["only", "HF", "only: HF"],
    ["refs", "nonsense", "input refs: "],
    ["refs", "--help", "input refs: "],
    ["working-directory", "nowhere", "input working-directory: "],
    ["working-directory", "preload.yaml", "input working-directory: "],
  ] as const) {
    test(`${name}: ${value}`, async () => {
      const { machine } = await world(models(1));
      const step = await (await machine()).run({ [name]: value });
      expect(step).toMatchObject({ code: 2, asked: 0, uploads: 0 });
      expect(step.annotations).toEqual([{ level: "error", text: expect.stringContaining(said) }]);
    });
  }
});

test("a ref that the lock does not have is an error that names it", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({ refs: "hf:org/unknown" });
  expect(step).toMatchObject({ code: 8, asked: 0 });
  expect(step.annotations).toEqual([{ level: "error", text: expect.stringContaining("hf:org/unknown") }]);
});

test("inputs may have space around them, and a budget its unit in any form", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({
    profiles: " \n ",
    budget: " 10GiB ",
    save: " false ",
    summary: "\t",
    "lookup-only": "",
    granularity: " ",
  });
  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 0, annotations: [] });
});

test("a config outside of the workspace is as good as any other", async () => {
  const { machine } = await world(models(1));
  const own = await machine();
  await mkdir(join(own.home, "elsewhere"));
  for (const name of ["preload.yaml", "preload.lock"]) {
    await writeFile(join(own.home, "elsewhere", name), own.files[name] ?? "");
  }
  const step = await own.run({ config: join(own.home, "elsewhere/preload.yaml") });
  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 1 });
});

test("action.yml has the inputs and outputs that there are, each with a description", async () => {
  const asked: string[] = [];
  readInputs((name) => {
    asked.push(name);
    return "";
  }, "/w");
  const { inputs, outputs, runs } = parse(readFileSync(new URL("../action.yml", import.meta.url), "utf8"));
  expect(Object.keys(inputs).sort()).toEqual([...asked].sort());
  for (const part of [...Object.values(inputs), ...Object.values(outputs)]) {
    expect((part as { description: string }).description).toMatch(/\w{3,}/);
  }
  expect(runs).toEqual({ using: "node24", main: "dist/index.js" });

  const { machine } = await world(models(1));
  const step = await (await machine()).run();
  expect(Object.keys(step.outputs).sort()).toEqual(Object.keys(outputs).sort());
});

test("refs are had in place of the profiles", async () => {
  const { machine } = await world(models(2));
  const step = await (await machine()).run({ refs: "hf:org/m2" });
  expect(step).toMatchObject({ code: 0, uploads: 1 });
  expect(step.outputs.keys).toMatch(/^preload-1-hf-org-m2-[0-9a-f]{32}$/);
});

test("only some sources are meant", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({ only: "hf" });
  expect(step).toMatchObject({ code: 0, uploads: 1 });
  const wrong = await (await machine()).run({ only: "hub" });
  expect(wrong.code).toBe(2);
  expect(wrong.annotations[0]?.text).toContain("--only hub");
});

test("what the config says of the cache holds where the workflow says nothing", async () => {
  const { machine, demo, writeConfig } = await world(models(2));
  await writeConfig(`${configOf(demo, ["hf:org/m1", "hf:org/m2"])}ci: { granularity: set, budget: 1 GB }\n`);
  expect(await (await machine()).run()).toMatchObject({ code: 0, uploads: 1 });
  expect(await (await machine()).run({ granularity: "model" })).toMatchObject({ code: 0, uploads: 2 });
});

test("a config and a folder other than the usual ones are found", async () => {
  const { machine } = await world(models(1));
  const own = await machine();
  const step = await own.run({ "working-directory": "..", config: "repo/preload.yaml" });
  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
});

test("a profile that there is not is an annotation, and the exit code of the command", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({ profiles: "nightly" });
  expect(step.code).toBe(2);
  expect(step.annotations).toMatchObject([{ level: "error", text: expect.stringContaining("nightly") }]);
});

test("without a lock, the error says how one is made", async () => {
  const { machine, demo } = await world(models(1));
  const own = await machine();
  const step = await own.run({ "working-directory": "../../.." });
  expect(step.code).toBe(8);
  expect(step.annotations[0]?.text).toContain("preload init");
  expect(demo.origin.requests.length).toBeGreaterThan(0);
});

describe("looking only", () => {
  test("says what the cache has, and fetches nothing", async () => {
    const { machine, service } = await world(models(2));
    expect(await (await machine()).run({ "lookup-only": "true" })).toMatchObject({
      code: 0,
      outputs: { hit: "miss", complete: "false" },
      asked: 0,
    });
    await (await machine()).run();
    const before = service.requests.length;

    const step = await (await machine()).run({ "lookup-only": "true" });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "false" }, asked: 0 });
    expect(service.requests.slice(before).filter((request) => request.includes("devstore"))).toEqual([]);
  });

  test("with fail-on-miss, fails and names what is missing", async () => {
    const { machine } = await world(models(2));
    await (await machine()).run({ refs: "hf:org/m1" });

    const step = await (await machine()).run({ "lookup-only": "true", "fail-on-miss": "true" });

    expect(step).toMatchObject({ code: 3, outputs: { hit: "partial" }, asked: 0 });
    expect(step.annotations).toMatchObject([{ level: "error", text: expect.stringContaining("hf:org/m2") }]);
    expect(step.annotations[0]?.text).not.toContain("hf:org/m1");
  });
});

test("fail-on-miss fails before anything is fetched from the origin", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({ "fail-on-miss": "true" });
  expect(step).toMatchObject({ code: 3, outputs: { hit: "miss", complete: "false" }, asked: 0, uploads: 0 });
});

test("offline-after exports what keeps later steps off the network", async () => {
  const { machine } = await world(models(1));
  const own = await machine();
  const step = await own.run({ "offline-after": "true" });
  expect(step.exported).toMatchObject({ HF_HUB_OFFLINE: "1" });
  expect((await own.run()).exported).toEqual({});
});

describe("the budget", () => {
  test("refuses models that do not fit, with the table of what to drop", async () => {
    const { machine, service } = await world(models(3));
    const step = await (await machine()).run({ budget: "100 kB" });
    expect(step).toMatchObject({ code: 8, asked: 0 });
    expect(step.annotations).toMatchObject([{ level: "error", text: expect.stringContaining("largest first") }]);
    expect(service.entries).toEqual([]);
  });

  test("warns of models that take more than 60 % of it", async () => {
    const { machine } = await world(models(3));
    const step = await (await machine()).run({ budget: "150 kB" });
    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(step.annotations).toMatchObject([{ level: "warning", text: expect.stringContaining("80 %") }]);
  });
});

test("of many failures, ten are annotations, and all are in the log", async () => {
  const { machine, demo } = await world(models(14));
  for (const repo of [...demo.catalog.repos]) demo.remove(repo.id);
  const step = await (await machine()).run();
  expect(step.code).not.toBe(0);
  expect(step.annotations).toHaveLength(10);
  for (const { id } of [{ id: "org/m1" }, { id: "org/m14" }]) expect(step.log).toContain(`hf:${id}`);
});

describe("what somebody else says is no command to the runner:", () => {
  for (const [how, text] of [
    ["on a line of its own", "x\n::set-env name=a::b"],
    ["behind space", "x\n \t::set-env name=a::b"],
    ["behind a return", "x\r::set-env name=a::b"],
    ["behind what cannot be seen", "x\n\u200b\ufeff\u0085\u00ad\u0000::set-env name=a::b"],
    ["in the older form", "x ##[set-env name=a]b"],
  ]) {
    test(`${how}`, () => {
      const said = harmless(text ?? "");
      const visible = said.split(/[\r\n]/).map((line) => line.replace(/[^\x20-\x7e]/g, "").trimStart());
      expect(visible.filter((line) => line.startsWith("::"))).toEqual([]);
      expect(said).not.toContain("##[");
      expect(said).toContain("set-env");
    });
  }
});

test("an annotation is one command, whatever is in it", async () => {
  const { machine } = await world(models(1));
  const profiles = "100%0A::set-env::x:y";
  const step = await (await machine()).run({ profiles });
  expect(step.log).not.toMatch(/^\s*::set-env/m);
  expect(step.log).toContain("100%250A::set-env::x:y");
  expect(step.annotations).toHaveLength(1);
});

test("what an origin says is no command to the runner", async () => {
  const { machine, demo } = await world({
    ...models(1),
    config: (made) => configOf(made, ["hf:org/m1"]),
  });
  demo.origin.fault("org/m1", { type: "status", status: 500, body: "\n::set-env name=EVIL::1\n" }, 100);
  const step = await (await machine()).run({}, { PRELOAD_TIMEOUT: "1" });
  expect(step.code).toBe(5);
  expect(step.log).not.toMatch(/^\s*::(?!error|notice|warning|debug|add-mask)/m);
});

test("the summary says of each model where it came from, and is left out when nobody wants it", async () => {
  const { machine } = await world(models(2));
  const first = await (await machine()).run();
  expect(first.summary).toMatch(/\|.*hf:org\/m1.*network/);

  const second = await (await machine()).run();
  expect(second.summary).toMatch(/\|.*hf:org\/m1.*CI cache/);

  expect((await (await machine()).run({ summary: "false" })).summary).toBe("");
});

test("a run that only looks has a summary of what the cache has", async () => {
  const { machine } = await world(models(2));
  await (await machine()).run({ refs: "hf:org/m1" });

  const looked = await (await machine()).run({ "lookup-only": "true" });
  expect(looked.summary).toMatch(/\|.*hf:org\/m1.*\| yes \|/);
  expect(looked.summary).toMatch(/\|.*hf:org\/m2.*\| no \|/);
  expect((await (await machine()).run({ "lookup-only": "true", summary: "false" })).summary).toBe("");

  const missed = await (await machine()).run({ "fail-on-miss": "true" });
  expect(missed.code).toBe(3);
  expect(missed.summary).toContain("The cache has 1 of 2");
});

test("also a run that fails has a summary", async () => {
  const { machine, demo } = await world(models(2));
  demo.remove("org/m2");
  const step = await (await machine()).run();
  expect(step.code).not.toBe(0);
  expect(step.summary).toContain("hf:org/m2");
});
