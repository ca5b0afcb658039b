import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  check,
  createHttp,
  forecast,
  type Manifest,
  type MaterializeOptions,
  materialize,
  PreloadError,
} from "../src/index.ts";
import { createLanes } from "../src/ranged/lanes.ts";
import {
  contentOf,
  type Fault,
  type Origin,
  type OriginRequest,
  pattern,
  serve,
  sha256,
  tempDir,
  tree,
} from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { startChild } from "./support/run-child.ts";
import { serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";

const megabyte = 1024 * 1024;
const size = 24 * megabyte + 321;
const body = pattern(size, 3);
const whole = contentOf(body);
const partial = `large.pt.${sha256(body).slice(0, 12)}.part`;

let origin: Origin;
let dir: string;
let manifest: Manifest;

function startOf(range: string | undefined): number {
  return Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1]);
}

/** True for the first request whose range begins where asked for. */
function once(isMeant: (start: number) => boolean): (request: OriginRequest) => boolean {
  let isOver = false;
  return ({ range }) => {
    if (isOver || !isMeant(startOf(range))) return false;
    isOver = true;
    return true;
  };
}

beforeEach(async () => {
  origin = await serveFiles({ "large.pt": body });
  dir = await tempDir();
  manifest = manifestOf(origin, { "large.pt": body });
});

function download(options: Partial<MaterializeOptions> = {}) {
  return materialize(manifest, { ...calm, dir, ...options });
}

/** Blocks of a megabyte that are noted as there, behind the bytes of a large file. */
async function blocksThere(): Promise<number> {
  const [name] = (await readdir(dir)).filter((found) => found.endsWith(".part"));
  if (name === undefined) return 0;
  const file = await open(join(dir, name));
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(Math.ceil(size / megabyte)), position: size + 8 });
    return buffer.reduce((sum, isThere) => sum + isThere, 0);
  } finally {
    await file.close();
  }
}

async function isThere(): Promise<void> {
  expect(await tree(dir)).toEqual([`large.pt ${size}`]);
  expect(whole.equals(await readFile(join(dir, "large.pt")))).toBe(true);
}

describe("a deadline", () => {
  const reason = new PreloadError("DEADLINE", "not done after 1 second");

  /** Stops once so many bytes were reported. */
  async function stoppedAfter(bytes: number): Promise<void> {
    const controller = new AbortController();
    let sum = 0;
    const onEvent: MaterializeOptions["onEvent"] = (event) => {
      if (event.type === "bytes") sum += event.bytes;
      if (sum >= bytes) controller.abort(reason);
    };
    origin.fault("large.pt", { type: "slow", bytesPerSecond: 40 * megabyte });
    // Two connections, since each may lose a block that is not whole.
    const lanes = createLanes({ first: 2, most: 2 });
    await expect(download({ signal: controller.signal, onEvent, lanes })).rejects.toBe(reason);
    origin.clear();
  }

  test("is reported as what it is, and what was fetched is continued", async () => {
    await stoppedAfter(8 * megabyte);

    const { fetched } = await download();

    await isThere();
    expect(fetched.bytes).toBeLessThan(size - 6 * megabyte);
  });

  test("leaves a partial whose gaps do not count as fetched", async () => {
    await stoppedAfter(8 * megabyte);

    const { bytes } = forecast(await check(manifest, { dir }), dir);

    expect(bytes).toBeGreaterThan(size - 14 * megabyte);
    expect(bytes).toBeLessThan(size - 6 * megabyte);
  });
});

test("a process that is killed leaves a partial that the next one continues", async () => {
  // Shorter than the first two ranges: the process never comes to its end by itself.
  origin.fault("large.pt", { type: "stall", at: 5 * megabyte });
  const child = await startChild({ act: "materialize", manifest, dir });
  // The last of what came is still in the memory of the connections.
  await until(async () => (await blocksThere()) >= 7);
  await child.kill();
  origin.clear();

  const { fetched } = await download();

  await isThere();
  expect(fetched.bytes).toBeLessThanOrEqual(size - 7 * megabyte);
});

describe("what is there already", () => {
  test("all of it, from a process that ended just before it gave the file its name: nothing is fetched", async () => {
    await writeFile(join(dir, partial), whole);

    await download();

    await isThere();
    expect(origin.requests).toEqual([]);
  });

  test("a beginning, from a transfer in one go: it is continued", async () => {
    await writeFile(join(dir, partial), whole.subarray(0, 20 * megabyte + 17));

    const { fetched } = await download();

    await isThere();
    expect(fetched.bytes).toBe(size - 20 * megabyte);
  });

  test("other bytes of the right length: everything is fetched", async () => {
    await writeFile(join(dir, partial), Buffer.alloc(size));

    await download();

    await isThere();
    expect(origin.bytesSent).toBe(size);
  });

  test("more than there should be: everything is fetched", async () => {
    await writeFile(join(dir, partial), Buffer.alloc(size + 5 * megabyte));

    await download();

    await isThere();
    expect(origin.bytesSent).toBe(size);
  });
});

describe("an origin in trouble", () => {
  test("that drops all connections at the same moment costs one try", async () => {
    let requests = 0;
    const isOther = () => {
      requests += 1;
      return requests > 1 && requests <= 8;
    };
    origin.fault(isOther, { type: "stall", at: 100_000 });
    // Long enough for what is not dropped, on a busy machine.
    const http = createHttp({ machine: { env: {} }, stallTimeout: 1000 });

    await download({ http, lanes: createLanes({ first: 8, most: 8 }), retryDelays: [0] });

    await isThere();
  });

  test("that always sends a little and breaks off is given up", async () => {
    origin.fault("large.pt", { type: "cut", at: 1000 });

    await expect(download({ retryDelays: [0, 0] })).rejects.toMatchObject({ code: "NETWORK" });

    expect(origin.requests.length).toBeLessThan(40);
  });

  test("that does not have the file leaves nothing here", async () => {
    origin.fault("large.pt", { type: "status", status: 404 });

    await expect(download()).rejects.toMatchObject({ code: "NOT_FOUND" });

    expect(await tree(dir)).toEqual([]);
    expect(origin.requests).toHaveLength(1);
  });

  const odd: [string, Fault][] = [
    ["the whole file", { type: "ignore-range" }],
    ["that there is no such range", { type: "range-not-satisfiable" }],
    ["another length", { type: "wrong-length", by: 1 }],
  ];

  test.each(odd)("that now and then answers a range with %s is asked for it again", async (_, fault) => {
    const isOdd = once((start) => start >= 8 * megabyte);
    origin.fault(isOdd, fault);

    await download({ retryDelays: [0, 0] });

    await isThere();
    // The whole file went out as far as buffers on the way took it; none of it is counted.
    expect(origin.ranges.every((range) => /^bytes=\d+-\d+$/.test(range ?? ""))).toBe(true);
  });

  test.each(odd)("that from some range on always answers with %s is asked for the file in one go", async (_, fault) => {
    let isOver = false;
    origin.fault(({ range }) => {
      isOver ||= range !== undefined && startOf(range) >= 8 * megabyte;
      return isOver && range !== undefined;
    }, fault);

    // Each of many connections would find out by itself.
    await download({ retryDelays: [0, 0], lanes: createLanes({ first: 2, most: 2 }) });

    await isThere();
    expect(origin.ranges.at(-1)).toBeUndefined();
    expect(origin.requests.length).toBeLessThan(20);
  });

  test("whose signed addresses expire on the way is asked for others", async () => {
    const cdn = await serveFiles({ "signed-1": body, "signed-2": body });
    let requests = 0;
    const isExpired = ({ path }: { path: string }) => {
      if (path === "/signed-1") requests += 1;
      return path === "/signed-1" && requests > 2;
    };
    cdn.fault(isExpired, { type: "status", status: 403 });
    const hub = await serve(() => ({
      status: 302,
      headers: { location: `${cdn.url}/signed-${requests > 2 ? 2 : 1}` },
    }));
    onTestFinished(() => hub.close());
    manifest = manifestOf(hub, { "large.pt": body });

    await download({ retryDelays: [0, 0, 0] });

    await isThere();
    expect(hub.requests.length).toBeLessThan(cdn.requests.length);
  });

  test("that says it stands still", async () => {
    origin.fault("large.pt", { type: "stall", at: 1000 });
    const http = createHttp({ machine: { env: {} }, stallTimeout: 100 });

    await expect(download({ http, retryDelays: [] })).rejects.toMatchObject({ code: "STALLED" });
  });
});

describe("mirrors of a large file", () => {
  test("one with wrong bytes is followed by the next", async () => {
    const wrong = await serveFiles({ "large.pt": body });
    wrong.fault("large.pt", { type: "wrong-byte", at: 9 * megabyte });
    const mirrors = [{ base: `${origin.url}/`, mirrors: [`${wrong.url}/`, `${origin.url}/`] }];

    await download({ mirrors });

    await isThere();
  });

  test("one that fails in the middle is continued at the next", async () => {
    const broken = await serveFiles({ "large.pt": body });
    broken.fault("large.pt", { type: "cut", at: 3 * megabyte }, 2);
    broken.fault("large.pt", { type: "status", status: 404 });
    const mirrors = [{ base: `${origin.url}/`, mirrors: [`${broken.url}/`, `${origin.url}/`] }];

    // One connection: a further one could be told 404 before the first two have brought anything.
    await download({ mirrors, lanes: createLanes({ first: 1, most: 1 }) });

    await isThere();
    // A slow machine asks for less at once than comes before the break.
    expect(broken.bytesSent).toBeGreaterThanOrEqual(4 * megabyte);
    expect(origin.bytesSent).toBe(size - broken.bytesSent);
  });
});

test("an abort ends a wait for a free connection", async () => {
  const lanes = createLanes({ first: 1, most: 1 });
  origin.fault("large.pt", { type: "stall", at: 1000 }, 1);
  const stop = new AbortController();
  const stopFirst = new AbortController();
  const first = download({ lanes, signal: stopFirst.signal });
  await until(() => origin.requests.length > 0);
  const second = download({
    dir: await tempDir(),
    lanes,
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === "fetch") setImmediate(() => stop.abort());
    },
  });

  await expect(second).rejects.toMatchObject({ code: "ABORTED" });

  stopFirst.abort();
  await expect(first).rejects.toMatchObject({ code: "ABORTED" });
});
