import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pattern, tempDir } from "@preload/core/testing";
import { demoCatalog, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { type Elsewhere, elsewhere, installed, leftovers } from "./support/packs.ts";
import { bin } from "./support/run.ts";

const big = "hf:preload-demo/big";
const small = "hf:preload-demo/tiny-bart";

/** What a kill at a random moment shows once is shown: nothing is tried again. */
const once = { retry: 0, timeout: 600_000 };

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

/**
 * Tells how much has come into a folder since. A name counts as well as bytes, so that a kill also strikes between the
 * many small files.
 */
function arrivals(folder: string): () => number {
  const earlier = new Set(namesBelow(folder));
  return () =>
    namesBelow(folder)
      .filter((name) => !earlier.has(name))
      .map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }))
      .reduce((sum, stats) => sum + (stats ? 100_000 + (stats.isFile() ? stats.size : 0) : 0), 0);
}

/** A folder that goes away while it is looked at is looked at again. */
function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return namesBelow(folder);
  }
}

/** Runs a command line and kills it as soon as something is so. False when the command was done before that was seen. */
async function killed(
  args: readonly string[],
  { project, env }: Pick<Elsewhere, "project" | "env">,
  isSo: () => boolean,
) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: project,
    env: { PATH: process.env.PATH, ...env },
    stdio: "ignore",
  });
  let isOver = false;
  const over = new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
  void over.finally(() => (isOver = true)).catch(() => {});
  while (!isOver && !isSo()) await turn();
  child.kill("SIGKILL");
  await over;
  return child.signalCode === "SIGKILL";
}

const kills = 8;

/**
 * Strikes again and again, each time a part further on: at a share of what a whole run shows, never after a time. One that
 * was done before it was struck is no kill and is tried again, which is rare on any machine.
 */
async function strike(seed: number, round: (share: number) => Promise<boolean>): Promise<void> {
  const next = random(seed);
  let hits = 0;
  for (let tries = 0; hits < kills && tries < kills * 4; tries += 1)
    if (await round((hits + next()) / kills)) hits += 1;
  expect(hits).toBe(kills);
}

test("unpack, killed at any moment, leaves each model whole or absent, and the next completes them", once, async () => {
  const here = await world();
  await here.preload(["pack", "models.tar"]);
  const first = join(await tempDir(), "first.tar");
  await here.preload(["pack", first, small]);
  let whole = Number.POSITIVE_INFINITY;
  const round = async (share: number) => {
    const there = await elsewhere(here);
    expect((await there.preload(["unpack", first, small])).code).toBe(0);
    const arrived = arrivals(there.home);

    const wasKilled = await killed(["unpack", here.pack], there, () => arrived() > share * whole);
    if (!wasKilled) whole = arrived();

    // What was there stays, whatever became of the others; each of those is as the lock says or does not count as there.
    expect((await there.preload(["verify", "--deep", small])).code).toBe(0);
    const refs = join(there.hub, "models--preload-demo--big", "refs", "main");
    if (existsSync(refs)) expect((await there.preload(["verify", "--deep", big])).code).toBe(0);
    const again = await there.preload(["unpack", here.pack]);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("3 of 3 models ready")]);
    expect((await there.preload(["verify", "--deep"])).code).toBe(0);
    expect(await leftovers(there.home)).toEqual([]);
    await rm(there.home, { recursive: true });
    return wasKilled;
  };
  expect(await round(1)).toBe(false); // An undisturbed one, which tells how much there is to see.
  await strike(7, round);
});

test(
  "pack, killed at any moment, leaves the earlier file or the new one, and the next one clears up",
  once,
  async () => {
    const here = await world();
    const arrived = arrivals(here.project);
    await here.preload(["pack", "models.tar"]);
    const all = arrived();
    const sum = async () =>
      createHash("sha256")
        .update(await readFile(here.pack))
        .digest("hex");
    const whole = await sum();
    await strike(11, async (share) => {
      await writeFile(here.pack, "an earlier one");
      const arrived = arrivals(here.project);
      const wasKilled = await killed(["pack", "models.tar"], here, () => arrived() > share * all);
      const text = (await readFile(here.pack)).subarray(0, 14).toString();
      expect(text === "an earlier one" || (await sum()) === whole).toBe(true);
      return wasKilled;
    });
    expect((await here.preload(["pack", "models.tar"])).code).toBe(0);
    expect([await sum(), await leftovers(here.project)]).toEqual([whole, []]);
  },
);

test("export, killed at any moment, leaves no half of a folder, and the next one clears up", once, async () => {
  const here = await world();
  const models = join(here.project, "models");
  const arrived = arrivals(here.project);
  expect((await here.preload(["export", "--to", "models"])).code).toBe(0);
  const all = arrived();
  await rm(models, { recursive: true });
  await strike(13, async (share) => {
    const arrived = arrivals(here.project);
    const wasKilled = await killed(["export", "--to", "models"], here, () => arrived() > share * all);
    if (!existsSync(models)) return wasKilled;
    // Verified in a copy, so that nothing is known of it.
    const copy = join(await tempDir(), "copy");
    await cp(models, copy, { recursive: true, verbatimSymlinks: true });
    expect((await here.preload(["verify", "--deep", "--cache-root", copy])).code).toBe(0);
    return wasKilled;
  });
  expect((await here.preload(["export", "--to", "models"])).code).toBe(0);
  expect(await leftovers(here.project)).toEqual([]);
});
