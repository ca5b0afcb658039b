import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tree } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, test, vi } from "vitest";
import { thisProcess } from "../../../packages/core/src/owner.ts";
import { project } from "./support/project.ts";
import { putTheirs } from "./support/theirs.ts";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const led = "hf:preload-demo/tiny-led-bin";
const whisper = "whisper:tiny-demo";
const folder = "models--preload-demo--tiny-bart";

/** A new revision of tiny-bart, of which only the config differs. */
function pushBart({ demo }: World, config = '{"model_type":"bart"}'): void {
  const repo = demo.catalog.repos.find(({ id }) => id === "preload-demo/tiny-bart");
  const files = [...(repo?.revisions.get("main")?.files.values() ?? [])].map(({ path, body }) => [path, body] as const);
  demo.push(hubRepo({ id: "preload-demo/tiny-bart", files: { ...Object.fromEntries(files), "config.json": config } }));
}

/** Everything in a folder was written, and last read, so long ago. */
async function daysPass(days: number, folder: string): Promise<void> {
  const then = new Date(Date.now() - days * 86_400_000);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) await utimes(join(entry.parentPath, entry.name), then, then);
  }
}

const pruned = async ({ preload }: World, ...flags: string[]) => preload(["prune", "--yes", ...flags]);

test("what the lock named before it moved goes, and what it names now stays", async () => {
  const w = await world({ config: `models: [${bart}]` });
  await w.preload(["install"]);
  pushBart(w);
  await w.preload(["lock", bart]);
  await w.preload(["install"]);
  const before = readdirSync(join(w.hub, folder, "blobs"));

  const { code, stdout } = await pruned(w);

  expect(code).toBe(0);
  expect(stdout).toMatch(/hf:preload-demo\/tiny-bart +[0-9a-f]{7} +today +\S+ \S+ +\d+ files +/);
  expect(stdout).toMatch(/Removed; .* are free again/);
  expect(readdirSync(join(w.hub, folder, "snapshots"))).toHaveLength(1);
  expect(readdirSync(join(w.hub, folder, ".no_exist"))).toHaveLength(1);
  expect(readdirSync(join(w.hub, folder, "blobs"))).toHaveLength(before.length - 1);
  expect((await w.preload(["verify", "--deep"])).code).toBe(0);
  expect((await pruned(w)).stdout).toBe("There is nothing to remove.\n");
});

test("what a project that is gone had goes, of every ecosystem, and what another has stays", async () => {
  const w = await world();
  const app = await project(w, "app", [bart]);
  await w.preload(["install"]);
  await w.preload(["install", "-C", app]);
  await rm(join(w.project, "preload.lock"));

  const { stdout } = await pruned(w, "-C", app);

  expect(stdout).toContain(whisper);
  expect(stdout).toContain("spacy:en_demo_core");
  expect(await tree(w.whisper)).toEqual([]);
  expect(await tree(w.spacy)).toEqual([]);
  expect(await readdir(w.hub)).toEqual([folder]);
  expect((await w.preload(["verify", "-C", app])).code).toBe(0);
  expect(await readdir(join(w.home, "state", "projects"))).toHaveLength(1);
});

test("what others keep in the same caches is not touched, in the same repository neither", async () => {
  const w = await world();
  await w.preload(["install"]);
  const areAsTheyWere = await putTheirs(w, folder, {
    "models--other--one/snapshots/abc/x": "other",
    [`${folder}/blobs/${"b".repeat(64)}.0123abcd.incomplete`]: "half",
    [`${folder}/snapshots/${"c".repeat(40)}/model.bin`]: "of another revision",
    [`${folder}/refs/theirs`]: "c".repeat(40),
  });
  await rm(join(w.project, "preload.lock"));
  await rm(join(w.project, "preload.yaml"));
  await daysPass(100, w.home);

  const { code, stdout } = await pruned(w, "--all");

  expect([code, stdout]).toEqual([0, expect.stringContaining("Removed")]);
  areAsTheyWere();
  expect(await tree(w.hub)).toEqual(
    (await tree(w.hub)).filter((line) => /other|locks|^blobs|TAG|bbbb|cccc|theirs/.test(line)),
  );
});

describe("what was installed by hand", () => {
  test("stays, whatever else goes", async () => {
    const w = await world({ config: `models: [${led}]` });
    await w.preload(["install"]);
    await w.preload([bart]);
    await rm(join(w.project, "preload.lock"));

    await pruned(w);

    expect(await readdir(w.hub)).toEqual([folder]);
    expect((await w.preload(["verify", bart])).code).toBe(0);
  });

  test.each([
    [["--older-than", "30d"], true],
    [["--older-than", "8w"], false],
    [["--all"], true],
    [["--max-size", "0"], true],
    [["--max-size", "10GB"], false],
  ])("with %j, 40 days later: gone is %j", async (flags, isGone) => {
    const w = await world({ config: "none" });
    await w.preload([bart]);
    await daysPass(40, w.home);

    await pruned(w, ...flags);

    expect(existsSync(join(w.hub, folder))).toBe(!isGone);
  });
});

test("--older-than leaves what nothing names and was used since", async () => {
  const w = await world({ config: `models: [${bart}]` });
  await w.preload(["install"]);
  await rm(join(w.project, "preload.lock"));

  await pruned(w, "--older-than", "1d");

  expect(existsSync(join(w.hub, folder))).toBe(true);
});

test("--max-size removes the least recently used, as many as it takes, and says when locks name more", async () => {
  const w = await world({ config: `models: [${led}]` });
  await w.preload(["install"]);
  await w.preload(["install", "hf:preload-demo/tiny-sentence"]);
  await daysPass(3, w.home);
  await w.preload([bart]);
  const { leaves: all } = JSON.parse((await pruned(w, "--dry-run", "--json")).stdout);

  const one = JSON.parse((await pruned(w, "--max-size", `${all - 1}`, "--json")).stdout);
  const none = await pruned(w, "--max-size", "1kB");

  expect(one.models.map(({ ref }: { ref: string }) => ref)).toEqual(["hf:preload-demo/tiny-sentence"]);
  expect(none.stderr).toMatch(/what locks name needs \d+ kB, and stays/);
  expect(await readdir(w.hub)).toEqual(["models--preload-demo--tiny-led-bin"]);
  expect((await w.preload(["verify"])).code).toBe(0);
});

test("what interrupted runs left goes, unless it will be continued or somebody is at it", async () => {
  const w = await world({ config: `models: [${bart}]` });
  await w.preload(["install"]);
  const blobs = join(w.hub, folder, "blobs");
  const [lacking = ""] = readdirSync(blobs);
  await rename(join(blobs, lacking), join(blobs, `${lacking}.${lacking.slice(0, 12)}.part`));
  const dead = "00000000-1-1";
  const left = {
    "x.0123456789ab.part": "half",
    [`y.0123456789ab.${dead}.part`]: "half",
    "z.0123456789ab.lease": dead,
    [`w.${dead}.1.tmp`]: "draft",
  };
  for (const [name, text] of Object.entries(left)) await writeFile(join(blobs, name), text);
  await writeFile(join(blobs, "d".repeat(64)), "a blob that nothing leads to");
  await mkdir(join(w.spacy, `.preload-${dead}-0123456789ab/old/empty`), { recursive: true });
  await writeFile(join(w.spacy, `.preload-${dead}-0123456789ab/old/x.py`), "");
  await daysPass(2, w.home);
  await writeFile(join(blobs, `v.0123456789ab.${thisProcess()}.part`), "being written");
  await writeFile(join(blobs, "e".repeat(64)), "a link to it comes in a moment");

  const { stdout } = await pruned(w);

  expect(stdout).toMatch(/leftovers +- +- +\S+ bytes +5 files/);
  const names = readdirSync(blobs);
  for (const name of [...Object.keys(left), "d".repeat(64)]) expect(names).not.toContain(name);
  expect(names).toContain(`${lacking}.${lacking.slice(0, 12)}.part`);
  expect(names).toContain(`v.0123456789ab.${thisProcess()}.part`);
  expect(names).toContain("e".repeat(64));
  expect(await readdir(w.spacy)).toEqual([]);
});

test("an empty folder goes that an install had just made when it was killed", async () => {
  const w = await world({ config: `models: [${bart}]` });
  await w.preload(["install"]);
  await rm(w.hub, { recursive: true });
  await mkdir(join(w.hub, folder, "snapshots"), { recursive: true });
  await rm(join(w.project, "preload.lock"));

  await pruned(w);

  expect(await tree(w.hub)).toEqual([]);
});

describe("a model is no longer ours", () => {
  async function orphaned(model: string) {
    const w = await world();
    await w.preload(["install"]);
    await rm(join(w.project, "preload.lock"));
    await writeFile(join(w.project, "preload.yaml"), `models: [${led}]\n`);
    return { w, model };
  }

  test("when somebody wrote a checkpoint of the same name", async () => {
    const { w } = await orphaned(whisper);
    await writeFile(join(w.whisper, "tiny-demo.pt"), "my own");

    await pruned(w);

    expect(await readFile(join(w.whisper, "tiny-demo.pt"), "utf8")).toBe("my own");
  });

  test("when pip installed the package anew", async () => {
    const { w } = await orphaned("spacy:en_demo_core");
    await writeFile(join(w.spacy, "en_demo_core-3.8.0.dist-info/INSTALLER"), "pip\n");
    const before = await tree(w.spacy);

    await pruned(w);

    expect(await tree(w.spacy)).toEqual(before);
  });

  test("when a ref was moved: it goes on to name what it names", async () => {
    const { w } = await orphaned(bart);
    const other = "f".repeat(40);
    await mkdir(join(w.hub, folder, "snapshots", other));
    await writeFile(join(w.hub, folder, "snapshots", other, "config.json"), "{}");
    await writeFile(join(w.hub, folder, "refs/main"), other);

    await pruned(w);

    expect(await tree(join(w.hub, folder))).toEqual(["refs/main 40", `snapshots/${other}/config.json 2`]);
  });
});

describe("nothing goes", () => {
  test("with --dry-run, which shows it", async () => {
    const w = await world({ config: `models: [${bart}]` });
    await w.preload(["install"]);
    await rm(join(w.project, "preload.lock"));
    const before = await tree(w.hub);

    const { code, stdout } = await w.preload(["prune", "--dry-run", "-v"]);

    expect(code).toBe(0);
    expect(stdout).toContain(`remove ${w.hub}/${folder}/refs/main`);
    expect(stdout).toContain("Nothing was removed (--dry-run).");
    expect(await tree(w.hub)).toEqual(before);
  });

  test("without a terminal and without --yes, and the message names --yes", async () => {
    const w = await world({ config: `models: [${bart}]` });
    await w.preload(["install"]);
    await rm(join(w.project, "preload.lock"));

    const { code, stderr } = await w.preload(["prune"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining("--yes")]);
    expect(existsSync(join(w.hub, folder))).toBe(true);
  });

  test("while the lock of a project cannot be read", async () => {
    const w = await world({ config: `models: [${bart}]` });
    const app = await project(w, "app", [led]);
    await w.preload(["install"]);
    await w.preload(["install", "-C", app]);
    await writeFile(join(app, "preload.lock"), '{ "lockfileVersion": 9 }');

    const { code, stderr } = await pruned(w, "--all");

    expect(code).toBe(2);
    expect(stderr).toContain("nobody knows what it names");
  });

  test("over a link that leads out of the cache, and the rest goes", async () => {
    const w = await world({ config: `models: [${bart}, ${led}]` });
    await w.preload(["install"]);
    const away = join(w.home, "away");
    await rename(join(w.hub, folder), away);
    await symlink(away, join(w.hub, folder));
    const before = await tree(away);
    await rm(join(w.project, "preload.lock"));

    const { code, stderr } = await pruned(w);

    expect(code).toBe(0);
    expect(stderr).toContain("leads out of");
    expect(await tree(away)).toEqual(before);
    expect(await readlink(join(w.hub, folder))).toBe(away);
    expect(await readdir(w.hub)).toEqual([folder]);
  });

  test("that another process has put there and is not done with", async () => {
    const w = await world({ config: `models: [${bart}]` });
    await w.preload(["install"]);
    const placed = join(w.home, "state", "placed");
    const [name = ""] = await readdir(placed);
    await rename(join(placed, name), join(placed, name.replace(/\..*\./, `.${thisProcess()}.`)));
    await rm(join(w.project, "preload.lock"));
    await rm(join(w.project, "preload.yaml"));

    expect((await pruned(w)).stdout).toBe("There is nothing to remove.\n");
    expect(existsSync(join(w.hub, folder))).toBe(true);
  });
});

test.each([
  [["--older-than", "soon"], '"soon" is not an age'],
  [["--max-size", "big"], '"big" is not a size'],
  [["-p", "test"], "no profile can be meant"],
])("%j is an error", async (flags, message) => {
  const { preload } = await world();

  const { code, stderr } = await preload(["prune", ...flags]);

  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test("--only means one ecosystem", async () => {
  const w = await world();
  await w.preload(["install"]);
  await rm(join(w.project, "preload.lock"));

  await pruned(w, "--only", "whisper");

  expect(await tree(w.whisper)).toEqual([]);
  expect(existsSync(join(w.hub, folder))).toBe(true);
});

test("--json says what went, and what stays", async () => {
  const w = await world({ config: `models: [${bart}]` });
  await w.preload(["install"]);
  await rm(join(w.project, "preload.lock"));

  const document = JSON.parse((await pruned(w, "--json")).stdout);

  expect(document).toMatchObject({
    version: 1,
    command: "prune",
    ok: true,
    exitCode: 0,
    dryRun: false,
    removed: true,
    models: [{ ref: bart, source: "hf", dir: w.hub, byHand: false }],
    leftovers: [],
    passedOver: [],
    leaves: 0,
  });
  expect(document.directories[0].removed).toContain(`${folder}/refs/main`);
});

test("an install waits for a removal that is under way, and then has what it needs", async () => {
  const w = await world({ config: `models: [${bart}]` });
  const lease = join(w.home, "state", "prune.lease");
  await mkdir(dirname(lease), { recursive: true });
  await writeFile(lease, thisProcess());

  const running = w.preload(["install"]);
  // What it is about to place is noted right before it waits.
  await vi.waitUntil(() => existsSync(join(w.home, "state", "placed")), { timeout: 60_000 });
  const isSettled = await Promise.race([running.then(() => true), pause(1500, false)]);
  const isThere = existsSync(join(w.hub, folder));
  await rm(lease);

  expect([isSettled, isThere]).toEqual([false, false]);
  expect((await running).code).toBe(0);
  expect((await stat(join(w.hub, folder, "refs/main"))).size).toBe(40);
});

test("installs and prunes at the same time leave every project whole", async () => {
  const w = await world({ config: "none" });
  const commits: string[] = [];
  for (const config of ["{}", '{"a":1}', '{"a":2}']) {
    pushBart(w, config);
    commits.push(w.demo.catalog.repos[0]?.revisions.get("main")?.sha ?? "");
  }
  const apps = await Promise.all(["one", "two", "three"].map((name) => project(w, name, [])));
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([
      ...apps.map(async (app, index) => {
        await project(w, ["one", "two", "three"][index] ?? "", [`${bart}@${commits[(round + index) % 3]}`]);
        const { code, stderr } = await w.preload(["install", "-C", app]);
        expect([code, stderr]).toEqual([0, expect.anything()]);
      }),
      pruned(w),
      pruned(w),
    ]);
    for (const app of apps) expect((await w.preload(["verify", "-C", app])).stderr).not.toContain("error");
  }
});
