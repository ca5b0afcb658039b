import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pattern, tempDir } from "@preload/core/testing";
import { demoCatalog, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { elsewhere, installed, leftovers } from "./support/packs.ts";
import { bin } from "./support/run.ts";

const big = "hf:preload-demo/big";
const small = "hf:preload-demo/tiny-bart";

/** Large enough that a kill hits it in the middle. */
async function world() {
  const catalog = await demoCatalog();
  const files = { "config.json": '{"model_type":"bart"}', "model.safetensors": pattern(40_000_000) };
  const repos = [...catalog.repos, hubRepo({ id: "preload-demo/big", files })];
  const config = `models: [{ ref: "${big}", for: all }, ${small}, spacy:en_demo_core]\nspacy: { version: "3.8" }\n`;
  return installed({ config, catalog: { ...catalog, repos } });
}

/** The same sequence for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

/** Runs a command line and kills it after a while, unless it is done by then. */
async function killed(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>, after: number) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: "ignore",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), after);
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearTimeout(timer);
  return child.signalCode === "SIGKILL";
}

const rounds = 8;

test("unpack, killed at any moment, leaves models whole or not there, and the next one completes them", async () => {
  const here = await world();
  await here.preload(["pack", "models.tar"]);
  const first = join(await tempDir(), "first.tar");
  await here.preload(["pack", first, small]);
  const next = random(7);
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    const there = await elsewhere(here);
    expect((await there.preload(["unpack", first, small])).code).toBe(0);

    if (await killed(["unpack", here.pack], there.project, there.env, 150 + next() * 700)) kills += 1;

    // What was there stays, whatever became of the others; each of those is as the lock says or does not count as there.
    expect((await there.preload(["verify", "--deep", small])).code).toBe(0);
    const refs = join(there.hub, "models--preload-demo--big", "refs", "main");
    if (existsSync(refs)) expect((await there.preload(["verify", "--deep", big])).code).toBe(0);
    const again = await there.preload(["unpack", here.pack]);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("3 of 3 models ready")]);
    expect((await there.preload(["verify", "--deep"])).code).toBe(0);
    expect(await leftovers(there.home)).toEqual([]);
    await rm(there.home, { recursive: true });
  }
  expect(kills).toBeGreaterThan(0);
}, 120_000);

test("pack, killed at any moment, leaves the earlier file or the new one, and the next one clears up", async () => {
  const here = await world();
  await here.preload(["pack", "models.tar"]);
  const sum = async () =>
    createHash("sha256")
      .update(await readFile(here.pack))
      .digest("hex");
  const whole = await sum();
  const next = random(11);
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    await writeFile(here.pack, "an earlier one");
    if (await killed(["pack", "models.tar"], here.project, here.env, 150 + next() * 500)) kills += 1;
    const text = (await readFile(here.pack)).subarray(0, 14).toString();
    expect(text === "an earlier one" || (await sum()) === whole).toBe(true);
  }
  expect(kills).toBeGreaterThan(0);
  expect((await here.preload(["pack", "models.tar"])).code).toBe(0);
  expect([await sum(), await leftovers(here.project)]).toEqual([whole, []]);
}, 120_000);

test("export, killed at any moment, leaves no half of a folder, and the next one clears up", async () => {
  const here = await world();
  const next = random(13);
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (await killed(["export", "--to", "models"], here.project, here.env, 150 + next() * 500)) kills += 1;
    const models = join(here.project, "models");
    if (!existsSync(models)) continue;
    // Verified in a copy, so that nothing is known of it.
    const copy = join(await tempDir(), "copy");
    await cp(models, copy, { recursive: true, verbatimSymlinks: true });
    expect((await here.preload(["verify", "--deep", "--cache-root", copy])).code).toBe(0);
  }
  expect(kills).toBeGreaterThan(0);
  expect((await here.preload(["export", "--to", "models"])).code).toBe(0);
  expect(await leftovers(here.project)).toEqual([]);
}, 120_000);
