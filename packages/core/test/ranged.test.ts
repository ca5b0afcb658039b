import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createHttp,
  type Manifest,
  type MaterializeEvent,
  type MaterializeOptions,
  materialize,
} from "../src/index.ts";
import { createLanes } from "../src/ranged/lanes.ts";
import { type Origin, pattern, sha256, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";

const size = 64 * 1024 * 1024 + 12_345;
const body = pattern(size, 7);
const megabyte = 1024 * 1024;

let digest: string;
let origin: Origin;
let dir: string;
let manifest: Manifest;

beforeAll(() => {
  digest = sha256(body);
});

beforeEach(async () => {
  origin = await serveFiles({ "large.pt": body });
  dir = await tempDir();
  manifest = manifestOf(origin, { "large.pt": body });
});

function download(options: Partial<MaterializeOptions> = {}) {
  return materialize(manifest, { ...calm, dir, ...options });
}

async function isThere(): Promise<void> {
  expect(await tree(dir)).toEqual([`large.pt ${size}`]);
  expect(await digestOnDisk()).toBe(digest);
}

async function digestOnDisk(): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(join(dir, "large.pt"));
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest("hex");
}

function holds(range: string | undefined, position: number): boolean {
  const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  return Number(start) <= position && position <= Number(last);
}

describe("a large file", () => {
  test("is fetched in ranges that together are the file, once", async () => {
    const outcome = await download();

    await isThere();
    expect(outcome.fetched.bytes).toBe(size);
    expect(origin.bytesSent).toBe(size);
    expect(origin.ranges.every((range) => /^bytes=\d+-\d+$/.test(range ?? ""))).toBe(true);
  });

  test("whose connections break is continued, each range where it broke", async () => {
    origin.fault("large.pt", { type: "cut", at: 3 * megabyte + 17 }, 4);

    const outcome = await download({ retryDelays: [0, 0, 0, 0, 0] });

    await isThere();
    // A block that was not whole when the connection broke comes again.
    expect(outcome.fetched.bytes).toBeLessThan(size + 5 * megabyte);
  });

  test("of an origin that ignores ranges comes in one go", async () => {
    origin.fault("large.pt", { type: "ignore-range" });

    await download();

    await isThere();
    expect(origin.requests.length).toBeLessThanOrEqual(2);
  });

  test("of which a byte is wrong once is fetched again and then right", async () => {
    origin.fault(({ range }) => holds(range, 40 * megabyte), { type: "wrong-byte", at: 40 * megabyte }, 1);
    const events: MaterializeEvent[] = [];

    await download({ onEvent: (event) => events.push(event) });

    await isThere();
    expect(events.some(({ type }) => type === "discard")).toBe(true);
  });

  test("of which a byte is always wrong is refused, and nothing of it stays", async () => {
    origin.fault("large.pt", { type: "wrong-byte", at: 40 * megabyte });

    await expect(download()).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });

    expect(await tree(dir)).toEqual([]);
  });

  test("that was interrupted is continued with what was not there yet", async () => {
    const stop = new AbortController();
    origin.fault("large.pt", { type: "slow", bytesPerSecond: 20 * megabyte });
    let seen = 0;
    const onEvent = (event: MaterializeEvent) => {
      if (event.type === "bytes") seen += event.bytes;
      if (seen > 16 * megabyte) stop.abort();
    };
    // Two connections, since each may lose a block that is not whole.
    const lanes = createLanes({ first: 2, most: 2 });
    await expect(download({ signal: stop.signal, onEvent, lanes })).rejects.toMatchObject({ code: "ABORTED" });
    origin.clear();

    const outcome = await download();

    await isThere();
    expect(outcome.fetched.bytes).toBeLessThan(size - 12 * megabyte);
    expect(origin.bytesSent).toBe(outcome.fetched.bytes);
  });

  test("reports bytes that add up to its size, whatever went wrong on the way", async () => {
    origin.fault("large.pt", { type: "cut", at: megabyte + 5 }, 3);
    let sum = 0;
    const onEvent = (event: MaterializeEvent) => {
      if (event.type === "bytes") sum += event.bytes;
    };

    await download({ onEvent, retryDelays: [0, 0, 0, 0] });

    expect(sum).toBe(size);
  });
});

test("an origin that wants less of us gets it", async () => {
  origin.fault("large.pt", { type: "status", status: 429, headers: { "retry-after": "0" } }, 3);

  await download({ http: createHttp({ machine: { env: {} } }), retryDelays: [0, 0, 0, 0] });

  await isThere();
});
