import { lstat, mkdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check, type Manifest, type MaterializeEvent, materialize } from "../src/index.ts";
import { contentOf, type Origin, pattern, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { blobOf, commit, hubManifest, repo, snapshot } from "./support/hub-manifest.ts";
import { asked, serveFiles } from "./support/serve-files.ts";

const weights = pattern(100_000);
const files = { "config.json": "{}", "model.bin": weights };

let dir: string;
let stateDir: string;
let origin: Origin;
let manifest: Manifest;

beforeEach(async () => {
  [dir, stateDir] = [await tempDir(), await tempDir()];
  origin = await serveFiles(files);
  manifest = hubManifest(origin, files);
});

function materializeHere(options: { onEvent?: (event: MaterializeEvent) => void } = {}) {
  return materialize(manifest, { ...calm, ...options, dir, stateDir, symlinks: false });
}

test("a file is moved to where its link would be, as the Hub's client does it", async () => {
  await materializeHere();

  expect(await tree(dir)).toEqual([
    `${repo}/.no_exist/${commit}/added_tokens.json 0`,
    `${repo}/blobs/`,
    `${repo}/refs/main 40`,
    `${snapshot("config.json")} 2`,
    `${snapshot("model.bin")} 100000`,
  ]);
  expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
});

test("a second run makes no request and reads nothing", async () => {
  await materializeHere();
  origin.clear();
  const read: string[] = [];

  await materializeHere({
    onEvent: (event) => {
      if (event.type === "check") read.push(event.path);
    },
  });

  expect(origin.requests).toEqual([]);
  expect(read).toEqual([]);
});

test("a file that has two names is fetched once, and copied for the first of them", async () => {
  const twins = { "a/model.bin": weights, "b/model.bin": weights };
  origin = await serveFiles(twins);
  manifest = hubManifest(origin, twins);

  await materializeHere();

  expect(origin.requests).toHaveLength(1);
  expect((await tree(dir)).filter((line) => line.includes("model.bin"))).toEqual([
    `${snapshot("a/model.bin")} 100000`,
    `${snapshot("b/model.bin")} 100000`,
  ]);
  expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
});

test("a blob that another snapshot may need is copied, and stays", async () => {
  await mkdir(join(dir, dirname(blobOf(weights))), { recursive: true });
  await writeFile(join(dir, blobOf(weights)), contentOf(weights));

  await materializeHere();

  expect(asked(origin)).toEqual(["config.json"]);
  expect((await lstat(join(dir, snapshot("model.bin")))).isFile()).toBe(true);
  expect((await lstat(join(dir, blobOf(weights)))).isFile()).toBe(true);
});

describe("what was damaged is mended, and nothing else fetched", () => {
  beforeEach(async () => {
    await materializeHere();
    origin.clear();
  });

  test.each<[string, () => Promise<unknown>, string[]]>([
    ["a file that is gone", () => unlink(join(dir, snapshot("model.bin"))), ["missing"]],
    ["a file that is cut off", () => writeFile(join(dir, snapshot("model.bin")), "x"), ["truncated"]],
    ["a file with other bytes", () => writeFile(join(dir, snapshot("model.bin")), Buffer.alloc(100_000)), ["corrupt"]],
  ])("%s", async (_, inflict, reasons) => {
    await inflict();
    expect((await check(manifest, { dir, stateDir })).map(({ reason }) => reason)).toEqual(reasons);

    await materializeHere();

    expect(asked(origin)).toEqual(["model.bin"]);
    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
  });
});

test("a cache with links is fine as it is", async () => {
  await materialize(manifest, { ...calm, dir });
  origin.clear();

  expect((await materializeHere()).mended).toEqual([]);
  expect((await lstat(join(dir, snapshot("model.bin")))).isSymbolicLink()).toBe(true);
});

test("a cache without links is fine for a run with links, which mends with links", async () => {
  await materializeHere();
  await rm(join(dir, snapshot("config.json")));

  await materialize(manifest, { ...calm, dir, stateDir });

  expect((await lstat(join(dir, snapshot("config.json")))).isSymbolicLink()).toBe(true);
  expect((await lstat(join(dir, snapshot("model.bin")))).isFile()).toBe(true);
  expect(await readFile(join(dir, snapshot("config.json")), "utf8")).toBe("{}");
});
