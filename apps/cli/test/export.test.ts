import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, realpath, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { tempDir } from "@preload/core/testing";
import { demoToken } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { filesBelow, installed } from "./support/packs.ts";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const isWindows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;

async function tree(dir: string): Promise<string[]> {
  const paths = await filesBelow(dir);
  return paths.map((path) => relative(dir, path)).sort();
}

test.skipIf(isWindows)(
  "an export is what --cache-root reads: only locked models, links relative, nothing of this machine",
  async () => {
    const here = await installed();
    const { code, stdout, stderr } = await here.preload(["export", "--to", "models"]);
    const models = join(here.project, "models");

    expect(stdout).toMatch(
      /^exported hf:preload-demo\/tiny-bart [0-9a-f]{7} 69 kB: .*models\/huggingface\/hub\/models--preload-demo--tiny-bart\/snapshots\/[0-9a-f]{40}$/m,
    );
    expect(stderr).toContain("6 models, 55 files in ");
    expect([code, here.demo.origin.requests]).toEqual([0, []]);
    const verified = await here.preload(["verify", "--deep", "--cache-root", models]);
    expect(verified.stderr).toBe("6 of 6 models as promised\n");
    const links: string[] = [];
    for (const path of await filesBelow(models)) {
      const stats = await lstat(path);
      expect([path, stats.mtimeMs]).toEqual([path, 0]);
      if (stats.isSymbolicLink()) links.push(await readlink(path));
      else expect([path, (stats.mode & 0o777).toString(8), stats.nlink]).toEqual([path, "644", 1]);
    }
    expect(links.filter((target) => !target.startsWith("../"))).toEqual([]);
    expect(links.length).toBeGreaterThan(20);
    expect(((await lstat(models)).mode & 0o777).toString(8)).toBe("755");
  },
);

test("a flat export is plain folders, by the names that programs open", async () => {
  const here = await installed();

  const { code, stdout } = await here.preload(["export", "--to", "models", "--layout", "flat", "--json"]);

  const models = join(here.project, "models");
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    version: 1,
    command: "export",
    ok: true,
    exitCode: 0,
    to: models,
    layout: "flat",
    skipped: [],
  });
  const paths = Object.fromEntries(
    document.models.map(({ ref, path }: { ref: string; path: string }) => [ref, relative(models, path)]),
  );
  expect(paths).toMatchObject({
    [bart]: "preload-demo/tiny-bart",
    "spacy:en_demo_core": "spacy/en_demo_core",
    "whisper:tiny-demo": "whisper/tiny-demo.pt",
  });
  const found = await tree(models);
  expect(found).toContain("preload-demo/tiny-bart/config.json");
  expect(found).toContain("spacy/en_demo_core/config.cfg");
  expect(found).toContain("whisper/tiny-demo.pt");
  expect(found.filter((path) => /blobs|snapshots|refs|dist-info|no_exist/.test(path))).toEqual([]);
  for (const path of await filesBelow(models)) expect((await lstat(path)).isFile()).toBe(true);
  const [commit = ""] = await readdir(join(here.hub, "models--preload-demo--tiny-bart", "snapshots"));
  const weights = join("models--preload-demo--tiny-bart", "snapshots", commit, "model.safetensors");
  expect(await readFile(join(models, "preload-demo/tiny-bart/model.safetensors"))).toEqual(
    await readFile(join(here.hub, weights)),
  );
  expect(code).toBe(0);
});

test("an earlier export is replaced, also by another layout; what was left by hand in it is refused", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const models = join(here.project, "models");
  expect((await here.preload(["export", "--to", "models", "--mode", "0444"])).code).toBe(0);
  expect((await here.preload(["export", "--to", "models", "--layout", "flat"])).code).toBe(0);
  expect(existsSync(join(models, "huggingface"))).toBe(false);
  expect(await readdir(here.project)).toEqual(expect.not.arrayContaining([expect.stringMatching(/tmp$/)]));
  await writeFile(join(models, "notes.txt"), "mine");
  const before = await tree(models);

  const { code, stderr } = await here.preload(["export", "--to", "models"]);

  expect(stderr).toContain("it holds notes.txt, which was not exported");
  expect([code, await tree(models)]).toEqual([2, before]);
});

test.each<[string, (dir: string) => Promise<unknown>, string]>([
  [
    "a folder with something in it",
    async (dir) => {
      await mkdir(dir);
      await writeFile(join(dir, "a"), "");
    },
    "it holds a, and is no earlier export",
  ],
  ["a file", (dir) => writeFile(dir, ""), "it is no folder"],
])("%s is refused", async (_, make, message) => {
  const here = await installed({ config: `models: [${bart}]` });
  await make(join(here.project, "models"));

  const { code, stderr } = await here.preload(["export", "--to", "models"]);

  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("an empty folder is taken, and so is one behind a link", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const real = join(await tempDir(), "real");
  await mkdir(real);
  await symlink(real, join(here.project, "models"));

  expect((await here.preload(["export", "--to", "models"])).code).toBe(0);

  expect(await readdir(real)).toEqual(["huggingface", "preload"]);
  expect((await lstat(join(here.project, "models"))).isSymbolicLink()).toBe(true);
});

test("a file with other bytes of the same size is named, and the earlier export stays", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  await here.preload(["export", "--to", "models"]);
  const models = join(here.project, "models");
  const before = await tree(models);
  const [commit = ""] = await readdir(join(here.hub, "models--preload-demo--tiny-bart", "snapshots"));
  const blob = await realpath(join(here.hub, "models--preload-demo--tiny-bart", "snapshots", commit, "vocab.json"));
  await writeFile(blob, Buffer.alloc((await lstat(blob)).size));

  const { code, stderr } = await here.preload(["export", "--to", "models"]);

  expect(stderr).toContain(`${blob} is not what the lock says`);
  expect([code, await tree(models)]).toEqual([4, before]);
  expect(await readdir(here.project)).toEqual(expect.not.arrayContaining([expect.stringMatching(/tmp$/)]));
});

test.skipIf(isWindows)("a mode holds for files, and for folders with the right to enter", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  expect((await here.preload(["export", "--to", "models", "--mode", "0440", "--layout", "flat"])).code).toBe(0);

  const modes = ["models", "models/preload-demo", "models/preload-demo/tiny-bart/config.json"].map(async (path) =>
    ((await lstat(join(here.project, path))).mode & 0o777).toString(8),
  );
  expect(await Promise.all(modes)).toEqual(["550", "550", "440"]);
});

test.skipIf(!isRoot)("an owner is given to everything, links too", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  expect((await here.preload(["export", "--to", "models", "--owner", "1234:4321"])).code).toBe(0);

  const all = execFileSync("find", [join(here.project, "models"), "-printf", "%U:%G\n"])
    .toString()
    .trim()
    .split("\n");
  expect([...new Set(all)]).toEqual(["1234:4321"]);
});

test.skipIf(isRoot || isWindows)("who is not root may not give files away: exit 7", async () => {
  const here = await installed({ config: `models: [${bart}]` });

  const { code, stderr } = await here.preload(["export", "--to", "models", "--owner", "1:1"]);

  expect(stderr).toContain("only root may give files to others");
  expect([code, existsSync(join(here.project, "models"))]).toEqual([7, false]);
});

test.each([
  [["export"], "export needs a folder"],
  [["export", "--to", ""], "an empty text names no directory"],
  [["export", "--to", "models", "--mode", "9"], "is not a mode for files"],
  [["export", "--to", "models", "--mode", "0044"], "is not a mode for files"],
  [["export", "--to", "models", "--owner", "me"], "is not a user's number"],
  [["export", "--to", "/"], "is the root of a disk"],
])("%j is a mistake", async (args, message) => {
  const here = await installed({ config: `models: [${bart}]` });

  const { code, stderr } = await here.preload(args);

  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test.skipIf(process.platform !== "linux")(
  "two exports are the same, byte for byte, wherever they were made",
  async () => {
    const here = await installed({ config: `models: [${bart}]` });
    const sums: string[] = [];
    for (const name of ["one", "other"]) {
      await here.preload(["export", "--to", name]);
      const args = [
        "-C",
        join(here.project, name),
        "--sort=name",
        "--owner=0",
        "--group=0",
        "-cf",
        join(here.project, `${name}.tar`),
        ".",
      ];
      execFileSync("tar", args);
      sums.push(readFileSync(join(here.project, `${name}.tar`)).toString("base64"));
    }
    expect(sums[0] === sums[1]).toBe(true);
  },
);

test("a model of which others have everything has an empty folder, which a COPY can name", async () => {
  const here = await world({ config: `models:\n  - ${bart}\n  - ${bart}@main\n` });
  await here.preload(["lock"]);
  await here.preload(["ci"]);

  const { code } = await here.preload(["export", "--to", "layers", "--per-model"]);

  const names = ["hf-preload-demo--tiny-bart", "hf-preload-demo--tiny-bart@main"];
  expect([code, await readdir(join(here.project, "layers"))]).toEqual([0, [...names, "preload"]]);
  expect(await readdir(join(here.project, "layers", names[1] ?? ""))).toEqual([]);
});

test("with a folder for each model, what two share is in one of them, and one that is optional and not there has an empty one", async () => {
  const models = `models:\n  - ${bart}\n  - { ref: ${bart}@v1.0 }\n  - { ref: hf:preload-demo/gated-bart, optional: true }\n`;
  const here = await world({ config: models });
  await here.preload(["lock"], { env: { HF_TOKEN: demoToken } });
  await here.preload(["ci"]);

  const { code, stdout, stderr } = await here.preload(["export", "--to", "layers", "--per-model"]);
  const layers = join(here.project, "layers");
  const again = await here.preload(["export", "--to", "layers", "--per-model", "--mode", "0444"]);

  const names = [
    "hf-preload-demo--gated-bart",
    "hf-preload-demo--tiny-bart",
    "hf-preload-demo--tiny-bart@v1.0",
    "preload",
  ];
  expect(await readdir(layers)).toEqual(names);
  const found = await tree(layers);
  const below = (name: string) =>
    found.filter((path) => path.startsWith(`${name}/`)).map((path) => path.slice(name.length + 1));
  const [gated = "", main = "", older = ""] = names;
  expect(below(gated)).toEqual([]);
  expect(below(main).filter((path) => below(older).includes(path))).toEqual([]);
  expect(below(older)).toContain("huggingface/hub/models--preload-demo--tiny-bart/refs/v1.0");
  expect(stdout).toContain(join(layers, main, "huggingface/hub/models--preload-demo--tiny-bart/snapshots"));
  expect(stderr).toContain("left out hf:preload-demo/gated-bart, which is optional and not there");
  expect([code, again.code]).toEqual([0, 0]);
});
