import { execFileSync } from "node:child_process";
import { readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { demoCatalog, demoConfig } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { configOf, modelRepo, models, world } from "./support/world.ts";

test("what one job fetched, the next one restores, and asks the origin for nothing", async () => {
  const { machine, service } = await world({ catalog: await demoCatalog(), config: demoConfig });

  const first = await (await machine()).run();
  expect(first).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 6 });
  expect(service.keys).toHaveLength(6);

  const second = await machine();
  const hit = await second.run();
  expect(hit).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, uploads: 0, asked: 0 });
  expect(hit.annotations).toEqual([]);
  expect(JSON.parse(hit.outputs.bytes ?? "")).toMatchObject({ present: 0, network: 0 });
  const bart = await readFile(join(second.hub, "models--preload-demo--tiny-bart/refs/main"), "utf8");
  expect(bart).toMatch(/^[0-9a-f]{40}$/);
});

test("where everything is there already, nothing of the cache is fetched, and nothing uploaded twice", async () => {
  const { machine, service } = await world();
  const own = await machine();
  await own.run();
  const before = service.requests.length;

  const again = await own.run();

  expect(again).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, uploads: 0, asked: 0 });
  expect(service.requests.slice(before).filter((request) => request.startsWith("GET /devstore"))).toEqual([]);
});

test("one model that changed is fetched and uploaded, and no other", async () => {
  const { machine, demo, update, service } = await world();
  await (await machine()).run();
  demo.push(modelRepo("org/m2", 20));
  await update("hf:org/m2");
  demo.origin.clear();

  const changed = await (await machine()).run();

  expect(changed).toMatchObject({ code: 0, outputs: { hit: "partial", complete: "true" }, uploads: 1 });
  expect(demo.origin.requests.filter(({ path }) => !path.includes("org/m2") && !path.includes("/cdn/"))).toEqual([]);
  expect(service.keys.filter((key) => key.includes("org-m2"))).toHaveLength(2);
});

test("two workflows with the same models share entries, whatever else they need", async () => {
  const { machine, demo, writeConfig } = await world();
  await (await machine()).run();
  await writeConfig(configOf(demo, ["hf:org/m1", "hf:org/m3"]));

  const other = await (await machine()).run();

  expect(other).toMatchObject({ code: 0, outputs: { hit: "exact" }, uploads: 0, asked: 0 });
});

test("with one entry for the whole set, an older set is restored, and the rest is fetched", async () => {
  const { machine, demo, update } = await world();
  const inputs = { granularity: "set" };
  expect(await (await machine()).run(inputs)).toMatchObject({ code: 0, outputs: { hit: "miss" }, uploads: 1 });
  demo.push(modelRepo("org/m2", 20));
  await update("hf:org/m2");
  demo.origin.clear();

  const next = await (await machine()).run(inputs);
  expect(next).toMatchObject({ code: 0, outputs: { hit: "partial", complete: "true" }, uploads: 1 });
  expect(demo.origin.count("org/m1")).toBe(0);

  expect(await (await machine()).run(inputs)).toMatchObject({
    code: 0,
    outputs: { hit: "exact" },
    uploads: 0,
    asked: 0,
  });
});

test("a checkout at another distance from the home gets its models where its clients look, or none", async () => {
  const { machine } = await world();
  await (await machine()).run();
  const far = await machine({ checkout: "a/much/deeper/checkout" });

  const first = await far.run();
  expect(first).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 3 });

  await rm(far.home, { recursive: true });
  const second = await far.run();
  expect(second).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
  expect(await readFile(join(far.hub, "models--org--m1/refs/main"), "utf8")).toHaveLength(40);
});

test("eight jobs at once are all complete, and leave one entry for each model", async () => {
  const { machine, service } = await world();
  const jobs = await Promise.all(Array.from({ length: 8 }, () => machine()));

  const steps = await Promise.all(jobs.map((job) => job.run()));

  expect(steps.map(({ code, outputs }) => [code, outputs.complete])).toEqual(Array(8).fill([0, "true"]));
  expect(new Set(service.keys).size).toBe(3);
  expect(service.keys).toHaveLength(3);
  expect(await (await machine()).run()).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0 });
});

test("a dozen models are restored and verified in a moment, without Python", async () => {
  const { machine } = await world(models(12));
  await (await machine()).run();
  const warm = await machine();
  const start = performance.now();

  const step = await warm.run({}, { PATH: await onlyArchivers() });

  expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
  expect(performance.now() - start).toBeLessThan(20_000);
});

/** A folder in which no program is found but those that unpack an archive. */
async function onlyArchivers(): Promise<string> {
  const dir = await tempDir();
  for (const name of ["tar", "zstd", "unzstd", "zstdmt"]) {
    await symlink(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(dir, name));
  }
  return dir;
}
