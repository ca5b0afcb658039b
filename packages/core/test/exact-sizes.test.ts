import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { materialize } from "../src/index.ts";
import { rangedFrom } from "../src/ranged/fetch-ranged.ts";
import { blockSize } from "../src/ranged/ledger.ts";
import { contentOf, pattern, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";

const around = (size: number) => [size - 1, size, size + 1];
const inOneGo = [0, 1, ...around(blockSize), ...around(3 * blockSize), rangedFrom - 1];
const inRanges = [rangedFrom, rangedFrom + 1, ...around(17 * blockSize)];

describe("a file of exactly so many bytes", () => {
  test.each(inOneGo)("%d: comes with one request", async (size) => {
    const origin = await installed(size);

    // Of an empty file everything is there before anybody is asked.
    expect(origin.ranges).toEqual(size === 0 ? [] : [undefined]);
    expect(origin.bytesSent).toBe(size);
  });

  test.each(inRanges)("%d: comes in ranges that lie side by side", async (size) => {
    const origin = await installed(size);

    expect(sideBySide(origin.ranges)).toEqual([0, size]);
    expect(origin.bytesSent).toBe(size);
  });

  test.each(inRanges)("%d: comes in one go where there are no ranges", async (size) => {
    const origin = await installed(size, true);

    expect(origin.ranges).toEqual([expect.stringMatching(/^bytes=0-\d+$/), undefined]);
  });
});

describe("the rest of a file", () => {
  test.each([2, ...around(blockSize)])("%d bytes, cut off before the last: one byte is asked for", async (size) => {
    const body = pattern(size, 3);
    const origin = await serveFiles({ "model.bin": body });
    origin.fault("model.bin", { type: "cut", at: size - 1 }, 1);
    const dir = await tempDir();

    await materialize(manifestOf(origin, { "model.bin": body }), { ...calm, dir });

    expect(origin.ranges).toEqual([undefined, `bytes=${size - 1}-`]);
    expect(contentOf(body).equals(await readFile(join(dir, "model.bin")))).toBe(true);
  });
});

/** Installs a file twice, the second time without a request; gives back the origin as the first left it. */
async function installed(size: number, ignoresRanges = false) {
  const body = pattern(size, 3);
  const origin = await serveFiles({ "model.bin": body });
  if (ignoresRanges) origin.fault("model.bin", { type: "ignore-range" });
  const dir = await tempDir();
  const manifest = manifestOf(origin, { "model.bin": body });

  const { fetched } = await materialize(manifest, { ...calm, dir });
  const { requests } = origin;
  const before = requests.length;
  await materialize(manifest, { ...calm, dir });

  expect(requests).toHaveLength(before);
  expect(fetched.bytes).toBe(size);
  expect(await tree(dir)).toEqual([`model.bin ${size}`]);
  expect(contentOf(body).equals(await readFile(join(dir, "model.bin")))).toBe(true);
  return origin;
}

/** The first byte and the end of ranges, if each begins where another ends. */
function sideBySide(ranges: readonly (string | undefined)[]): [number, number] {
  const pairs = ranges.map((range) => {
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    return { start: Number(start), end: Number(last) + 1 };
  });
  pairs.sort((one, other) => one.start - other.start);
  for (const [index, { start }] of pairs.entries()) if (index > 0) expect(start).toBe(pairs[index - 1]?.end);
  return [pairs[0]?.start ?? Number.NaN, pairs.at(-1)?.end ?? Number.NaN];
}
