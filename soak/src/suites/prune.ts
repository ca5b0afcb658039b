import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDemoOrigin } from "@preload/demo-origin";
import { type Random, randomFrom } from "../random.ts";
import { createVerdict, type Effort, type Suite } from "../suite.ts";
import { danglingIn, letTimePass, orphansIn } from "../world/orphans.ts";
import { type Project, projectsCatalog, vanish, wish, write } from "../world/projects.ts";
import { corruptedIn, pythonWithHub } from "../world/scan-cache.ts";
import { inScratch } from "../world/scratch.ts";
import { type Ended, userIn } from "../world/user.ts";

const names = ["app", "api", "jobs"];
const steps = 8;

interface Tally {
  installs: number;
  prunes: number;
  killedInstalls: number;
  killedPrunes: number;
  together: number;
  verified: number;
  scans: number;
}

/** Projects that share their caches install, change their minds, vanish and prune, each killed at any moment. */
export const prune: Suite = {
  name: "prune",
  title: "Prune",
  async run(effort) {
    const sequences = Math.max(2, Math.round(5 * effort.scale));
    const { violations, expect } = createVerdict();
    const tally = { installs: 0, prunes: 0, killedInstalls: 0, killedPrunes: 0, together: 0, verified: 0, scans: 0 };
    for (let index = 0; index < sequences; index += 1) {
      const found = await inScratch((root) => sequence(root, effort, effort.seed * 1000 + index, tally));
      for (const { where, what } of found) expect(false, where, what);
    }
    return { violations, measured: JSON.stringify({ sequences, ...tally }), text: textOf(sequences) };
  },
};

async function sequence(root: string, { say }: Effort, seed: number, tally: Tally) {
  const { violations, expect } = createVerdict();
  const random = randomFrom(seed);
  const { catalog, commits, push } = await projectsCatalog();
  const demo = await startDemoOrigin({ catalog });
  push(demo);
  demo.origin.fault(isBytes, { type: "slow", bytesPerSecond: 4_000_000 });
  const user = await userIn(root, demo);
  const python = pythonWithHub();
  const projects = names.map((name): Project => ({ name, folder: join(root, name), models: [], isInstalled: false }));

  for (let step = 1; step <= steps; step += 1) {
    const acts = random.next() < 0.4 ? 2 : 1;
    const chosen = shuffled(projects, random).slice(0, acts);
    const done = await Promise.all(chosen.map((project) => act(project)));
    if (acts === 2) tally.together += 1;
    const where = `step ${step} of sequence ${seed} (${done.join(", ")})`;
    say(where);
    for (const what of danglingIn(user)) expect(false, where, what);
    for (const project of projects.filter(({ isInstalled }) => isInstalled)) await mustVerify(project, where);
    if (python && step % 4 === 0) {
      tally.scans += 1;
      // A killed install may leave what it tried links with beside the repositories, until a prune.
      const amiss = (await corruptedIn(user.hub, python)).filter((what) => !/link\.[^/]+\.tmp$/.test(what));
      for (const what of amiss) expect(false, where, `scan_cache_dir: ${what}`);
    }
  }

  // All come to rest: who is still there installs, time passes, and one prune is left alone.
  const where = `the end of sequence ${seed}`;
  for (const project of projects) {
    if (project.models.length === 0) continue;
    await write(project, demo);
    await mustEnd(user.start(["install", "-C", project.folder]).ended, where);
    project.isInstalled = true;
  }
  letTimePass(user);
  await mustEnd(user.start(["prune", "--yes"]).ended, where);
  const wanted = new Set(projects.flatMap(({ models }) => models));
  for (const path of orphansIn(user, wanted)) expect(false, where, `nobody wants ${path}`);
  for (const project of projects.filter(({ isInstalled }) => isInstalled)) await mustVerify(project, where);
  const again = await user.start(["prune", "--yes"]).ended;
  expect(again.stdout === "There is nothing to remove.\n", where, `a second prune: ${again.stdout}${again.stderr}`);
  await demo.close();
  return violations;

  async function act(project: Project): Promise<string> {
    const kind = random.next();
    const isKilled = random.next() < 0.5;
    const moment = random.between(120, 700);
    if (kind < 0.35) return pruneNow(project, isKilled, moment);
    if (kind < 0.45) {
      await vanish(project);
      project.models = [];
      return `${project.name} vanishes`;
    }
    project.models = wish(random, commits, project.name === "app");
    project.isInstalled = false;
    await write(project, demo);
    const ended = await run(["install", "-C", project.folder], isKilled ? moment : undefined);
    tally.installs += 1;
    if (ended.code === 137) tally.killedInstalls += 1;
    else expect(ended.code === 0, `sequence ${seed}`, `install ends with ${ended.code}: ${lastOf(ended)}`);
    project.isInstalled = ended.code === 0;
    return `${project.name} installs${ended.code === 137 ? ", killed" : ""}`;
  }

  async function pruneNow(project: Project, isKilled: boolean, moment: number): Promise<string> {
    // What others may be about to use is young, and nobody is to wait for an hour here.
    if (moment % 2 === 0) letTimePass(user);
    const ended = await run(["prune", "--yes"], isKilled ? moment : undefined);
    tally.prunes += 1;
    if (ended.code === 137) tally.killedPrunes += 1;
    else expect(ended.code === 0, `sequence ${seed}`, `prune ends with ${ended.code}: ${lastOf(ended)}`);
    return `prune beside ${project.name}${ended.code === 137 ? ", killed" : ""}`;
  }

  async function run(args: readonly string[], killAfter: number | undefined): Promise<Ended> {
    const running = user.start(args);
    if (killAfter !== undefined) {
      await Promise.race([pause(killAfter), running.ended]);
      running.child.kill("SIGKILL");
    }
    return running.ended;
  }

  async function mustEnd(running: Promise<Ended>, where: string): Promise<void> {
    const ended = await running;
    expect(ended.code === 0, where, `exit ${ended.code}: ${lastOf(ended)}`);
  }

  async function mustVerify(project: Project, where: string): Promise<void> {
    tally.verified += 1;
    const ended = await user.start(["verify", "-C", project.folder]).ended;
    expect(ended.code === 0, where, `verify of ${project.name} ends with ${ended.code}: ${lastOf(ended)}`);
  }
}

function isBytes({ path }: { path: string }): boolean {
  return path.startsWith("/cdn/") || path.endsWith(".pt");
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}

function lastOf({ stdout, stderr }: Ended): string {
  return `${stdout}${stderr}`.trim().split("\n").slice(-4).join(" / ");
}

function textOf(sequences: number): string {
  return `Three projects share the caches of one user: two repositories of four revisions that share blobs, two checkpoints, a package
in two versions. In each of ${sequences} sequences ${steps} steps follow each other at random: a project wants other models and installs, or
is gone from the disk, or \`preload prune --yes\` runs; two of these at the same time in four of ten steps; half of them killed
with SIGKILL at a random moment.

After every step no link and no ref leads nowhere, and every project whose install went to its end verifies. At the end of a
sequence all that are left install, and after one more prune every project verifies and there is nothing in the caches that is
not reached from what a project wants: no blob, no ref, no marker, no partial, no empty folder.
`;
}
