import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseLock, planRemoval, remove } from "@preload/core";
import { tree } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { thisProcess } from "../../../packages/core/src/owner.ts";
import { putTheirs } from "./support/theirs.ts";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const folder = "models--preload-demo--tiny-bart";

async function stateOf({ preload }: World, ref: string): Promise<string> {
  const { models } = JSON.parse((await preload(["list", "--json"])).stdout);
  return models.find((model: { ref: string }) => model.ref === ref).state;
}

test("what the lock names goes, and nothing of it stays behind", async () => {
  const w = await world();
  await w.preload(["install"]);

  const { code, stdout } = await w.preload(["clean", "--yes"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/Removed; 8\d\d kB are free again/);
  expect(await tree(w.hub)).toEqual([]);
  expect(await tree(w.whisper)).toEqual([]);
  expect(await tree(w.spacy)).toEqual([]);
});

test("afterwards the models are missing, not corrupt, and an install brings them back", async () => {
  const w = await world();
  await w.preload(["install"]);
  await w.preload(["clean", "--yes"]);

  const verified = await w.preload(["verify"]);
  const again = await w.preload(["install"]);

  expect(verified.code).toBe(3);
  expect(again.code).toBe(0);
  expect((await w.preload(["verify"])).code).toBe(0);
});

test("a named model goes alone", async () => {
  const w = await world();
  await w.preload(["install"]);

  await w.preload(["clean", bart, "--yes"]);

  expect(existsSync(join(w.hub, folder))).toBe(false);
  expect(await stateOf(w, bart)).toBe("missing");
  expect(await stateOf(w, "whisper:tiny-demo")).toBe("complete");
  expect(await stateOf(w, "hf:preload-demo/tiny-led-bin")).toBe("complete");
});

test("what others keep in the same caches is not touched", async () => {
  const w = await world();
  await w.preload(["install"]);
  const areAsTheyWere = await putTheirs(w, folder);

  await w.preload(["clean", "--yes"]);

  areAsTheyWere();
  expect(readdirSync(w.hub).sort()).toEqual([".locks", "CACHEDIR.TAG", "blobs", "models--other--one"]);
});

test("--dry-run shows what would go and changes nothing", async () => {
  const w = await world();
  await w.preload(["install"]);
  const before = await tree(w.home);

  const { code, stdout } = await w.preload(["clean", "--dry-run"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/hf:preload-demo\/tiny-bart +[0-9a-f]{7} +70 kB +\d+ files +/);
  expect(stdout).toContain(w.hub);
  expect(stdout).toContain("Nothing was removed");
  expect(await tree(w.hub)).toEqual(
    before.filter((line) => line.startsWith(".cache/huggingface/hub/")).map((line) => line.slice(23)),
  );
});

test("without a terminal and without --yes nothing happens, and the message names --yes", async () => {
  const w = await world();
  await w.preload(["install", "whisper:tiny-demo"]);

  const { code, stderr } = await w.preload(["clean", "whisper:tiny-demo"]);

  expect(code).toBe(2);
  expect(stderr).toContain("--yes");
  expect(await stateOf(w, "whisper:tiny-demo")).toBe("complete");
});

test("a model that nobody here installed is refused", async () => {
  const w = await world({ config: "none" });

  const { code, stderr } = await w.preload(["clean", "hf:gpt2", "--yes"]);

  expect(code).toBe(2);
  expect(stderr).toContain("neither the lock nor an earlier install says which files are its");
});

test("an installed model without a lock is forgotten with its files", async () => {
  const w = await world({ config: "none" });
  await w.preload(["install", bart]);

  await w.preload(["clean", "--yes"]);

  const { models } = JSON.parse((await w.preload(["list", "--json"])).stdout);
  expect(models).toEqual([]);
});

test("--all-known reaches into other directories", async () => {
  const w = await world({ config: "none" });
  await w.preload(["install", bart, "--cache-root", "models"]);

  const here = await w.preload(["clean", "--yes"]);
  const everywhere = await w.preload(["clean", "--yes", "--all-known"]);

  expect(here.stdout).toBe("There is nothing to remove.\n");
  expect(everywhere.stdout).toContain("Removed");
  expect(await tree(join(w.project, "models"))).toEqual(["huggingface/hub/"]);
});

test("--json says what went", async () => {
  const w = await world();
  await w.preload(["install", "whisper:tiny-demo"]);

  const { stdout } = await w.preload(["clean", "whisper:tiny-demo", "--yes", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    command: "clean",
    removed: true,
    models: [{ ref: "whisper:tiny-demo", files: 1 }],
    directories: [{ dir: w.whisper, removed: ["tiny-demo.pt"], kept: [] }],
  });
});

describe("what is shared", () => {
  test("stays while another known model needs it", async () => {
    const w = await world({ config: "none" });
    await w.preload(["install", bart, `${bart}@v1.0`]);

    const { stdout } = await w.preload(["clean", bart, "--yes"]);

    expect(stdout).toMatch(/stays +\d+ files that something else needs/);
    expect(await stateOf(w, `${bart}@v1.0`)).toBe("complete");
    expect(existsSync(join(w.hub, folder, "refs/main"))).toBe(false);
  });

  test("goes with the last of them", async () => {
    const w = await world({ config: "none" });
    await w.preload(["install", bart, `${bart}@v1.0`]);

    await w.preload(["clean", "--yes"]);

    expect(await tree(w.hub)).toEqual([]);
  });

  test("stays while a link of somebody else's leads to it", async () => {
    const w = await world();
    await w.preload(["install", bart]);
    const [commit = ""] = readdirSync(join(w.hub, folder, "snapshots"));
    const target = await readlink(join(w.hub, folder, "snapshots", commit, "config.json"));
    const other = join(w.hub, folder, "snapshots", "a".repeat(40));
    await mkdir(other);
    await symlink(target, join(other, "config.json"));

    await w.preload(["clean", bart, "--yes"]);

    expect(await readFile(join(other, "config.json"), "utf8")).toContain("{");
    expect(readdirSync(join(w.hub, folder, "blobs"))).toHaveLength(1);
  });
});

test("a ref of somebody else's to a snapshot that is gone goes too, and markers and listings with it", async () => {
  const w = await world();
  await w.preload(["install", bart]);
  const [commit = ""] = readdirSync(join(w.hub, folder, "snapshots"));
  await mkdir(join(w.hub, folder, "refs/refs/pr"), { recursive: true });
  await writeFile(join(w.hub, folder, "refs/refs/pr/1"), commit);
  await writeFile(join(w.hub, folder, ".no_exist", commit, "other.json"), "");
  await mkdir(join(w.hub, folder, "trees"));
  await writeFile(join(w.hub, folder, "trees", `${commit}.json`), "{}");

  await w.preload(["clean", bart, "--yes"]);

  expect(await tree(w.hub)).toEqual([]);
});

test("a file of somebody else's in the snapshot keeps the snapshot, and the ref that leads to it", async () => {
  const w = await world();
  await w.preload(["install", bart]);
  const [commit = ""] = readdirSync(join(w.hub, folder, "snapshots"));
  await writeFile(join(w.hub, folder, "refs", "theirs"), commit);
  await writeFile(join(w.hub, folder, "snapshots", commit, "tf_model.h5"), "theirs");

  await w.preload(["clean", bart, "--yes"]);

  expect(await tree(join(w.hub, folder))).toEqual(["refs/theirs 40", `snapshots/${commit}/tf_model.h5 6`]);
});

test("what Python compiled goes with the pipeline", async () => {
  const w = await world();
  await w.preload(["install", "spacy:en_demo_core"]);
  await mkdir(join(w.spacy, "en_demo_core/__pycache__"));
  await writeFile(join(w.spacy, "en_demo_core/__pycache__/__init__.cpython-311.pyc"), "");

  await w.preload(["clean", "spacy:en_demo_core", "--yes"]);

  expect(await tree(w.spacy)).toEqual([]);
});

test("what an interrupted transfer left goes, but not while a process is writing it", async () => {
  const w = await world();
  await w.preload(["install", "whisper:tiny-demo"]);
  const [digest = ""] = /[0-9a-f]{12}/.exec(await readFile(join(w.project, "preload.yaml"), "utf8")) ?? [];
  const stem = join(w.whisper, `tiny-demo.pt.${digest}`);
  await writeFile(`${stem}.part`, "half");
  await writeFile(`${stem}.lease`, thisProcess());

  const busy = await w.preload(["clean", "whisper:tiny-demo", "--yes"]);
  await writeFile(`${stem}.lease`, "00000000-1-1");
  const idle = await w.preload(["clean", "whisper:tiny-demo", "--yes"]);

  expect(busy.code).toBe(7);
  expect(busy.stderr).toContain(`is being written by process ${process.pid}`);
  expect(idle.code).toBe(0);
  expect(await tree(w.whisper)).toEqual([]);
});

describe("a directory is left as it is when", () => {
  test("a link leads out of it", async () => {
    const w = await world();
    await w.preload(["install", bart]);
    const away = join(w.home, "away");
    await rename(join(w.hub, folder), away);
    await symlink(away, join(w.hub, folder));
    const before = await tree(away);

    const { code, stderr } = await w.preload(["clean", bart, "--yes"]);

    expect(code).toBe(2);
    expect(stderr).toContain("leads out of");
    expect(await tree(away)).toEqual(before);
  });

  test("it is the home directory", async () => {
    const w = await world();
    const env = { HF_HUB_CACHE: w.home };
    await w.preload(["install", bart], { env });

    const { code, stderr } = await w.preload(["clean", bart, "--yes"], { env });

    expect([code, stderr]).toEqual([2, expect.stringContaining("is no cache to clean")]);
    expect(existsSync(join(w.home, folder))).toBe(true);
  });

  test("the lock counts a file of another repository among the model's", async () => {
    const w = await world();
    await w.preload(["install"]);
    const path = join(w.project, "preload.lock");
    const lock = await readFile(path, "utf8");
    await writeFile(path, lock.replace(`"${folder}/refs/main"`, '"models--other--one/refs/main"'));
    await mkdir(join(w.hub, "models--other--one/refs"), { recursive: true });
    await writeFile(join(w.hub, "models--other--one/refs/main"), "theirs");

    const { code, stderr } = await w.preload(["clean", bart, "--yes"]);

    expect(code).toBe(2);
    expect(stderr).toContain("models--other--one/refs/main is no part of it");
    expect(await readFile(join(w.hub, "models--other--one/refs/main"), "utf8")).toBe("theirs");
  });
});

test("a run that is killed at any point leaves a cache without dangling links and refs, and a package whole or unseen", async () => {
  const w = await world();
  await w.preload(["install"]);
  const lock = parseLock(await readFile(join(w.project, "preload.lock"), "utf8"), "preload.lock");
  for (const [ref, dir] of [
    [bart, w.hub],
    ["spacy:en_demo_core", w.spacy],
  ] as const) {
    const manifest = lock.models.get(ref);
    if (!manifest) throw new Error(ref);
    const { items } = planRemoval(dir, [manifest], []);
    for (let stop = 0; stop <= items.length; stop += 1) {
      const copy = join(w.home, `copy-${stop}`);
      await cp(dir, copy, { recursive: true, verbatimSymlinks: true });

      await remove({ dir: copy, items: items.slice(0, stop), kept: [] });

      expect(whatIsInvalid(copy), `${ref} after ${stop}`).toEqual([]);
      await rm(copy, { recursive: true });
    }
  }
});

/** As huggingface_hub's scan and Python's import see it. */
function whatIsInvalid(dir: string): string[] {
  const paths = readdirSync(dir, { recursive: true }).map(String);
  const dangling = paths.filter((path) => lstatSync(join(dir, path)).isSymbolicLink() && !existsSync(join(dir, path)));
  const refs = paths.filter((path) => {
    const [, repo = ""] = /^(models--[^/]+)\/refs\/main$/.exec(path) ?? [];
    return repo !== "" && !existsSync(join(dir, repo, "snapshots", readFileSync(join(dir, path), "utf8")));
  });
  const isSeen = existsSync(join(dir, "en_demo_core-3.8.0.dist-info"));
  const isWhole = ["__init__.py", "meta.json", "en_demo_core-3.8.0/config.cfg"].every((name) =>
    existsSync(join(dir, "en_demo_core", name)),
  );
  return [...dangling, ...refs, ...(isSeen && !isWhole ? ["en_demo_core"] : [])];
}
