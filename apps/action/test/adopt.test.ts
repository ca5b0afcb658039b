import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { check, type Manifest } from "@preload/core";
import { sha256, tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { adopt } from "../src/adopt.ts";
import { nameOf, piecesOf } from "../src/pieces.ts";

const weights = Buffer.from("weights of a model");
const other = Buffer.from("weights of another");

/** Two paths with the same bytes, a link to one of them, and a ref. */
const manifest: Manifest = {
  ref: "hf:org/m",
  options: {},
  revision: "1",
  path: "snapshots",
  entries: [
    { type: "file", path: "blobs/a", url: "https://o/a", size: weights.length, digest: `sha256:${sha256(weights)}` },
    { type: "file", path: "blobs/b", url: "https://o/b", size: weights.length, digest: `sha256:${sha256(weights)}` },
    { type: "file", path: "blobs/c", url: "https://o/c", size: other.length, digest: `sha256:${sha256(other)}` },
    { type: "link", path: "snapshots/model.bin", target: "../blobs/a" },
    { type: "text", path: "refs/main", text: "1" },
  ],
  leftOut: { files: 0, bytes: 0 },
  requires: [],
};

async function unpacked(files: Readonly<Record<string, string | Buffer>>) {
  const root = await tempDir();
  const folder = join(root, "entry");
  const dir = join(root, "cache");
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return { folder, dir, stateDir: join(root, "state"), signal: new AbortController().signal };
}

const [a, , c] = piecesOf(manifest).map(nameOf);

test("a restored model is whole, and none of it is read again", async () => {
  const { folder, dir, ...options } = await unpacked({ [String(a)]: weights, [String(c)]: other });

  const adopted = await adopt(folder, [{ ref: manifest.ref, manifest, dir }], options);

  expect(adopted).toEqual({ bytes: 2 * weights.length + other.length, bad: [], foreign: [] });
  expect(await readFile(join(dir, "snapshots/model.bin"), "utf8")).toBe("weights of a model");
  expect(await readFile(join(dir, "refs/main"), "utf8")).toBe("1");
  const read: string[] = [];
  const problems = await check(manifest, { dir, ...options, onRead: (path) => read.push(path) });
  expect(problems).toEqual([]);
  expect(read.filter((path) => path !== "blobs/b")).toEqual([]);
});

test("what an entry does not hold as promised is told, and the rest is taken", async () => {
  const { folder, dir, ...options } = await unpacked({
    [String(a)]: "weights of a m0del",
    extra: "foreign",
    [String(c)]: other,
  });

  const adopted = await adopt(folder, [{ ref: manifest.ref, manifest, dir }], options);

  expect(adopted.bad).toEqual([{ name: a, reason: "other bytes" }]);
  expect(adopted.foreign).toEqual(["extra"]);
  // No link to what is not there, and no ref that a client would believe.
  expect(await readdir(dir, { recursive: true })).toEqual(["blobs", "blobs/c"]);
});
