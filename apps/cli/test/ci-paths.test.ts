import { execFileSync } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { demoConfig } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { smallestList } from "../src/ci/smallest-list.ts";
import { elsewhere, filesBelow, installed } from "./support/packs.ts";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const folder = "models--preload-demo--tiny-bart";
const isWindows = process.platform === "win32";

async function paths(of: Pick<World, "preload">, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await of.preload(["ci-paths", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

test("names the fewest folders and files, the same before anything is there and after", async () => {
  const here = await world();
  await here.preload(["lock", "-q"]);

  const before = await paths(here);
  await here.preload(["ci"]);

  expect(before).toEqual([
    join(here.whisper, "tiny-demo.pt"),
    join(here.spacy, "en_demo_core"),
    join(here.spacy, "en_demo_core-3.8.0.dist-info"),
    ...["tiny-bart", "tiny-bart-sharded", "tiny-led-bin", "tiny-sentence"].map((name) =>
      join(here.hub, `models--preload-demo--${name}`),
    ),
  ]);
  expect(await paths(here)).toEqual(before);
});

describe.skipIf(isWindows)("a CI that keeps just these", () => {
  test.each([
    ["folders and files", []],
    ["each file", ["--files"]],
  ])("%s: the next job has every model whole, and asks nobody", async (_, more) => {
    const here = await installed();
    const kept = await paths(here, "--relative", ...more);
    const there = await elsewhere(here);
    const tar = join(await tempDir(), "cache.tar");

    execFileSync("tar", ["-cPf", tar, "-C", here.project, ...kept]);
    execFileSync("tar", ["-xPf", tar, "-C", there.project]);

    // Nothing answers there.
    expect((await there.preload(["ci"])).code).toBe(0);
    expect((await there.preload(["verify", "--deep"])).code).toBe(0);
  });

  test("GitLab, which takes nothing from outside of the project: one folder of it has all", async () => {
    const here = await installed({ config: `cacheRoot: .preload\nmodels: [${bart}]` });
    const env = { GITLAB_CI: "true", CI_PROJECT_DIR: here.project };
    const kept = await here.preload(["ci-paths", "--relative"], { env });
    const there = await elsewhere(here);

    for (const path of kept.stdout.trimEnd().split("\n")) {
      await cp(join(here.project, path), join(there.project, path), { recursive: true, verbatimSymlinks: true });
    }

    expect(kept.stdout).toBe(`.preload/huggingface/hub/${folder}\n`);
    expect((await there.preload(["ci"])).code).toBe(0);
  });
});

test("what GitLab would silently leave out is exit 2, with the way around it", async () => {
  const here = await world({ config: `models: [${bart}]` });
  await here.preload(["lock", "-q"]);
  const env = { GITLAB_CI: "true", CI_PROJECT_DIR: here.project };

  const { code, stdout, stderr } = await here.preload(["ci-paths"], { env });

  expect(stderr).toContain(`${join(here.hub, folder)}: it is outside of ${here.project}, and GitLab keeps nothing`);
  expect(stderr).toContain("cacheRoot: .preload");
  expect([code, stdout]).toEqual([2, ""]);
  expect((await here.preload(["ci-paths", "--cache-root", ".preload"], { env })).code).toBe(0);
});

test("what others have put beside a model is left out, and so is another revision, a token and an unfinished file", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const others = [
    `${folder}/blobs/${"c".repeat(64)}`,
    `${folder}/blobs/${"d".repeat(64)}.incomplete`,
    `${folder}/snapshots/${"e".repeat(40)}/config.json`,
    `.locks/${folder}/${"c".repeat(64)}.lock`,
    "../token",
  ].map((path) => join(here.hub, path));
  for (const path of others) {
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, "of somebody else");
  }

  const kept = await paths(here);

  expect(kept).toContain(join(here.hub, folder, "refs", "main"));
  expect(kept).not.toContain(join(here.hub, folder));
  const files = (await Promise.all(kept.map(filesOrItself))).flat();
  expect(files.filter((path) => others.includes(path))).toEqual([]);
  expect(files.sort()).toEqual((await paths(here, "--files")).sort());
});

test("two revisions of a repository are one folder together, and their own files each", async () => {
  const here = await installed({ config: `models: [${bart}, "${bart}@v1.0"]` });

  const { paths: all, models } = JSON.parse((await here.preload(["ci-paths", "--json"])).stdout);

  expect(all).toEqual([join(here.hub, folder)]);
  expect(models.map(({ ref }: { ref: string }) => ref).sort()).toEqual([bart, `${bart}@v1.0`]);
  for (const model of models) expect(model.paths).not.toContain(join(here.hub, folder));
});

test("GitHub gets them as an output of several lines", async () => {
  const here = await world({ config: demoConfig });
  await here.preload(["lock", "-q"]);

  const { stdout } = await here.preload(["ci-paths", "--relative", "--only", "hf", "--shell", "github"]);

  expect(stdout).toMatch(
    /^paths<<(preload_[0-9a-f]{16})\n(\.\.\/home\/\.cache\/huggingface\/hub\/models--[^\n]+\n){4}\1\n$/,
  );
});

test("without a lock there are no paths", async () => {
  const here = await world({ config: `models: [${bart}]` });

  expect((await here.preload(["ci-paths"])).code).toBe(8);
});

describe("the smallest list", () => {
  test.each<[string, readonly string[][], string[]]>([
    ["a file that stands alone is a file", [["tiny.en.pt"]], ["tiny.en.pt"]],
    ["a folder in place of what is in it", [["a/b/one", "a/b/two"]], ["a/b"]],
    ["each top by itself", [["a/one", "a/b/two", "c/one", "c/two", "d"]], ["a", "c", "d"]],
    [
      "two models that share a folder, once",
      [
        ["a/one", "a/two"],
        ["a/one", "a/three"],
      ],
      ["a"],
    ],
    ["names that begin alike are no folder", [["ab/one", "abc/two"]], ["ab/one", "abc/two"]],
  ])("%s", async (_, models, expected) => {
    expect(smallestList(await tempDir(), models)).toEqual(expected);
  });

  test("goes as deep as something else lies", async () => {
    const dir = await tempDir();
    await mkdir(join(dir, "a", "x", "deep"), { recursive: true });
    await writeFile(join(dir, "a", "x", "deep", "other"), "");

    expect(smallestList(dir, [["a/x/one", "a/x/two", "a/y/one", "a/y/two"]])).toEqual(["a/x/one", "a/x/two", "a/y"]);
  });
});

async function filesOrItself(path: string): Promise<string[]> {
  const below = await filesBelow(path);
  return below.length > 0 ? below : [path];
}
