import { execFileSync } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { type Bytes, block, blockOf, ending, entriesOf, headerOf, type TarEntry } from "../src/pack/tar.ts";

/** What is in memory up to where it ends, and then as many zeros as are needed. */
function bytesOf(written: Buffer, size = written.byteLength): Bytes {
  let at = 0;
  return {
    get at() {
      return at;
    },
    get left() {
      return size - at;
    },
    async read(length) {
      const found = Buffer.alloc(length);
      written.subarray(at, at + length).copy(found);
      at += length;
      return found;
    },
    async pass(length) {
      at += length;
    },
  };
}

async function read(bytes: Bytes): Promise<TarEntry[]> {
  const found: TarEntry[] = [];
  for await (const { path, type, size, target } of entriesOf(bytes, "a.tar")) {
    found.push({ path, type, size, ...(target === undefined ? {} : { target }) });
  }
  return found;
}

const awkward: TarEntry[] = [
  { path: "a", type: "file", size: 0 },
  { path: "a/b", type: "directory", size: 0 },
  { path: "a/c", type: "link", size: 0, target: "../../blobs/x" },
  { path: `a/${"long/".repeat(30)}name`, type: "file", size: 0 },
  { path: `${"long".repeat(60)}/name`, type: "directory", size: 0 },
  { path: `a/b/${"x".repeat(130)}`, type: "file", size: 0 },
  { path: `a/b/${"重".repeat(40)}/c`, type: "directory", size: 0 },
  { path: "d", type: "link", size: 0, target: "../".repeat(60) },
  { path: "modèle/重み.bin", type: "file", size: 0 },
];

test("entries come back as they were written", async () => {
  expect(await read(bytesOf(Buffer.concat([...awkward.map(headerOf), ending])))).toEqual(awkward);
});

test.skipIf(process.platform !== "linux")("GNU tar reads the same, and the size of a large blob", async () => {
  const dir = await tempDir();
  const names = join(dir, "names.tar");
  await writeFile(names, Buffer.concat([...awkward.map(headerOf), ending]));
  const large = join(dir, "large.tar");
  await writeFile(large, blockOf("blobs/sha256/00", 70e9));
  await truncate(large, block + 70e9 + 512 + ending.byteLength);
  const list = (...args: string[]) =>
    execFileSync("tar", ["--quoting-style=literal", ...args], {
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
    }).toString();

  const listed = list("-tvf", names).trimEnd().split("\n");
  const expected = awkward.map(({ path, type, target }) => {
    const name = type === "directory" ? `${path}/` : path;
    return target === undefined ? name : `${name} -> ${target}`;
  });
  expect(listed.map((line) => line.replace(/^\S+ \S+ +\d+ \S+ \S+ /, ""))).toEqual(expected);
  expect(list("-tvf", large)).toMatch(/ 70000000000 .* blobs\/sha256\/00\n$/);
});

test.each([8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 70e9, 5e12])(
  "a blob of %d bytes has a header of one block",
  async (size) => {
    const header = blockOf(`blobs/sha256/${"0".repeat(64)}`, size);

    expect(header.byteLength).toBe(block);
    const whole = bytesOf(header, block + Math.ceil(size / block) * block + ending.byteLength);
    expect(await read(whole)).toEqual([{ path: `blobs/sha256/${"0".repeat(64)}`, type: "file", size }]);
  },
);
