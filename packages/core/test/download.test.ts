import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createHttp, type MaterializeEvent, type MaterializeOptions, materialize, PreloadError } from "../src/index.ts";
import {
  contentOf,
  type Fault,
  type Origin,
  pattern,
  type Reply,
  serve,
  sha256,
  tempDir,
  tree,
} from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";

const body = pattern(300_000);
const whole = contentOf(body);
const partial = `tiny.pt.${sha256(body).slice(0, 12)}.part`;

let origin: Origin;
let dir: string;

beforeEach(async () => {
  origin = await serveFiles({ "tiny.pt": body });
  dir = await tempDir();
});

function download(options: Partial<MaterializeOptions> = {}, from: Pick<Origin, "url"> = origin) {
  return materialize(manifestOf(from, { "tiny.pt": body }), { ...calm, dir, ...options });
}

/** An origin that answers one after the other in these ways. */
async function serveReplies(...replies: Reply[]): Promise<Origin> {
  const made = await serve(() => replies.shift());
  onTestFinished(() => made.close());
  return made;
}

async function isThere(): Promise<void> {
  expect(await tree(dir)).toEqual(["tiny.pt 300000"]);
  expect(whole.equals(await readFile(join(dir, "tiny.pt")))).toBe(true);
}

test("a file arrives under its name, and nothing beside it", async () => {
  const outcome = await download();

  await isThere();
  expect(outcome.fetched).toEqual({ files: 1, bytes: 300_000 });
  expect(outcome.mended).toMatchObject([{ reason: "missing", path: "tiny.pt" }]);
});

test("a second run makes no request", async () => {
  await download();
  origin.clear();

  expect(await download()).toEqual({ mended: [], fetched: { files: 0, bytes: 0 } });
  expect(origin.requests).toEqual([]);
});

test("an empty file needs no request", async () => {
  await materialize(manifestOf(origin, { "empty.txt": "" }), { ...calm, dir });

  expect(await tree(dir)).toEqual(["empty.txt 0"]);
  expect(origin.requests).toEqual([]);
});

describe("a download that breaks off", () => {
  test("continues where it stopped", async () => {
    origin.fault("tiny.pt", { type: "cut", at: 100_000 }, 1);

    expect((await download()).fetched.bytes).toBe(300_000);

    await isThere();
    expect(origin.ranges).toEqual([undefined, "bytes=100000-"]);
  });

  test.each<Fault>([
    { type: "reset", at: 100_000 },
    { type: "reset" },
    { type: "status", status: 503 },
    { type: "cut", at: 0 },
  ])("is tried again after $type", async (fault) => {
    origin.fault("tiny.pt", fault, 1);

    await download();

    await isThere();
    expect(origin.requests).toHaveLength(2);
  });

  test("goes on for as long as bytes keep coming, however often it breaks", async () => {
    origin.fault("tiny.pt", { type: "cut", at: 70_000 }, 4);

    await download({ retryDelays: [0] });

    await isThere();
    expect(origin.ranges).toEqual([undefined, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"]);
  });

  test("gives up when nothing comes any more, and keeps what there is", async () => {
    origin.fault("tiny.pt", { type: "cut", at: 100_000 }, 1);
    origin.fault("tiny.pt", { type: "cut", at: 0 });

    await expect(download({ retryDelays: [0, 0] })).rejects.toMatchObject({ code: "NETWORK" });

    expect(await tree(dir)).toEqual([`${partial} 100000`]);
    expect(origin.ranges).toEqual([undefined, "bytes=100000-", "bytes=100000-"]);
  });

  test("is continued by the next run", async () => {
    origin.fault("tiny.pt", { type: "cut", at: 100_000 }, 1);
    await expect(download({ retryDelays: [] })).rejects.toMatchObject({ code: "NETWORK" });

    expect((await download()).fetched.bytes).toBe(200_000);

    await isThere();
    expect(origin.ranges).toEqual([undefined, "bytes=100000-"]);
  });

  test("is not continued with the bytes of another version", async () => {
    origin.fault("tiny.pt", { type: "cut", at: 100_000 }, 1);
    await expect(download({ retryDelays: [] })).rejects.toMatchObject({ code: "NETWORK" });
    const other = pattern(300_000, 2);
    const newer = await serveFiles({ "tiny.pt": other });

    await materialize(manifestOf(newer, { "tiny.pt": other }), { ...calm, dir });

    expect(newer.ranges).toEqual([undefined]);
    expect(sha256(await readFile(join(dir, "tiny.pt")))).toBe(sha256(other));
  });
});

describe("an origin that stands still", () => {
  const http = createHttp({ machine: { env: {} }, retryDelays: [0], stallTimeout: 100 });

  test("is asked again, from where it stopped", async () => {
    origin.fault("tiny.pt", { type: "stall", at: 100_000 }, 1);

    await download({ http });

    await isThere();
    expect(origin.ranges).toEqual([undefined, "bytes=100000-"]);
  });

  test.each<[string, Fault]>([
    ["in the middle", { type: "stall", at: 100_000 }],
    ["before it answers", { type: "stall" }],
  ])("%s is said to stand still", async (_, fault) => {
    origin.fault("tiny.pt", fault);

    await expect(download({ http, retryDelays: [] })).rejects.toMatchObject({
      code: "STALLED",
      // Which of the two is noticed first is a matter of milliseconds.
      message: expect.stringMatching(/: (nothing|next to nothing) came for 0\.1 seconds/),
    });
  });
});

describe("an origin that cannot continue", () => {
  beforeEach(() => writeFile(join(dir, partial), whole.subarray(0, 100_000)));

  test.each<Fault>([{ type: "ignore-range" }, { type: "range-not-satisfiable" }])(
    "%s: it starts anew",
    async (fault) => {
      origin.fault("tiny.pt", fault, 1);

      await download();

      await isThere();
      expect(origin.ranges[0]).toBe("bytes=100000-");
    },
  );

  test("a range from another place is not used", async () => {
    const wrong = { status: 206, headers: { "content-range": "bytes 0-299999/300000" }, body };
    const replies = await serveReplies(wrong, { body });

    await download({}, replies);

    await isThere();
    expect(replies.ranges).toEqual(["bytes=100000-", undefined]);
  });

  test("a range of a file of another size is not used", async () => {
    const wrong = {
      status: 206,
      headers: { "content-range": "bytes 100000-299999/400000" },
      body: whole.subarray(100_000),
    };
    const replies = await serveReplies(wrong, { body });

    await download({}, replies);

    await isThere();
    expect(replies.ranges).toEqual(["bytes=100000-", undefined]);
  });
});

describe("wrong bytes", () => {
  test("once: the file is fetched again", async () => {
    origin.fault("tiny.pt", { type: "wrong-byte", at: 5 }, 1);

    await download();

    await isThere();
    expect(origin.ranges).toEqual([undefined, undefined]);
  });

  test("in what an earlier run left: the file is fetched from the start", async () => {
    await writeFile(join(dir, partial), Buffer.alloc(100_000));

    await download();

    await isThere();
    expect(origin.ranges).toEqual(["bytes=100000-", undefined]);
  });

  test("in more than there should be: they are dropped", async () => {
    await writeFile(join(dir, partial), Buffer.alloc(400_000));

    await download();

    await isThere();
    expect(origin.ranges).toEqual([undefined]);
  });

  test("every time: nothing stays, neither under the name nor beside it", async () => {
    origin.fault("tiny.pt", { type: "wrong-byte", at: 5 });

    const expected = [
      `expected sha256:${sha256(body)}`,
      "received sha256:",
      "(300000 bytes)",
      `from ${origin.url}/tiny.pt`,
    ];
    await expect(download({ retryDelays: [0, 0, 0] })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringMatching(expected.map(escaped).join("[^]*")),
      hint: expect.stringContaining("--endpoint"),
    });

    expect(await tree(dir)).toEqual([]);
    expect(origin.requests).toHaveLength(2);
  });

  test("do not touch the file that is there", async () => {
    await writeFile(join(dir, "tiny.pt"), "an older one");
    origin.fault("tiny.pt", { type: "wrong-byte", at: 5 });

    await expect(download()).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });

    expect(await readFile(join(dir, "tiny.pt"), "utf8")).toBe("an older one");
  });

  test.each<[string, Fault, string]>([
    [
      "a shorter file",
      { type: "wrong-length", by: -10 },
      "shorter than promised\n  tiny.pt  expected 300000 bytes  received 299990",
    ],
    [
      "a longer file",
      { type: "wrong-length", by: 10 },
      "longer than promised\n  tiny.pt  expected 300000 bytes  received 300010",
    ],
    ["a login page", { type: "html" }, "It is an HTML page"],
    ["a git-lfs pointer", { type: "lfs-pointer" }, "It is a git-lfs pointer"],
  ])("%s is called what it is", async (_, fault, message) => {
    origin.fault("tiny.pt", fault);

    await expect(download()).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("The bytes were discarded."),
    });

    expect(await tree(dir)).toEqual([]);
  });

  test.each<[string, Fault]>([
    ["a shorter file", { type: "wrong-length", by: -10 }],
    ["a longer file", { type: "wrong-length", by: 10 }],
    ["a login page", { type: "html" }],
  ])("%s, once, is followed by the right one", async (_, fault) => {
    origin.fault("tiny.pt", fault, 1);

    await download();

    await isThere();
  });
});

describe("an answer without a length", () => {
  const chunked = (content: Uint8Array | string): Reply => ({
    headers: { "transfer-encoding": "chunked" },
    body: content,
  });

  test("is fine when it holds everything", async () => {
    await download({}, await serveReplies(chunked(whole)));

    await isThere();
  });

  test("that ends early is continued", async () => {
    const rest = {
      status: 206,
      headers: { "content-range": "bytes 100000-299999/300000" },
      body: whole.subarray(100_000),
    };

    await download({}, await serveReplies(chunked(whole.subarray(0, 100_000)), rest));

    await isThere();
  });

  test("that ends early every time is given up", async () => {
    const short = await serve(() => chunked(whole.subarray(0, 100_000)));
    onTestFinished(() => short.close());

    await expect(download({}, short)).rejects.toMatchObject({ code: "NETWORK" });
    expect(short.requests.length).toBeLessThan(5);
  });

  test("that holds nothing, every time, is given up", async () => {
    const empty = await serve(() => chunked(""));
    onTestFinished(() => empty.close());

    await expect(download({}, empty)).rejects.toMatchObject({ code: "NETWORK" });
    expect(empty.requests).toHaveLength(2);
  });

  test("that does not end is cut off", async () => {
    const endless = await serveReplies(chunked(Buffer.alloc(10_000_000)), chunked(Buffer.alloc(10_000_000)));

    await expect(download({}, endless)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    expect(await tree(dir)).toEqual([]);
  });
});

test("416 to a request for everything is not repeated for ever", async () => {
  origin.fault("tiny.pt", { type: "status", status: 416 });

  await expect(download()).rejects.toMatchObject({ code: "NETWORK", message: expect.stringContaining("416") });
  expect(origin.requests.length).toBeLessThan(5);
});

describe("a proxy that compresses what it was asked not to", () => {
  test("is seen through", async () => {
    origin.fault("tiny.pt", { type: "gzip" });

    await download();

    await isThere();
    expect(origin.requests.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity"]);
  });

  test("and breaks off is asked from the start again", async () => {
    origin.fault("tiny.pt", [{ type: "gzip" }, { type: "cut", at: 1000 }], 1);
    origin.fault("tiny.pt", { type: "gzip" });

    await download();

    await isThere();
  });
});

describe("an address that expires", () => {
  test("is asked for anew", async () => {
    const cdn = await serveFiles({ "signed-1": body, "signed-2": body });
    cdn.fault("signed-1", { type: "status", status: 403 });
    const hub = await serveReplies(
      { status: 302, headers: { location: `${cdn.url}/signed-1` } },
      { status: 302, headers: { location: `${cdn.url}/signed-2` } },
    );

    await download({}, hub);

    await isThere();
    expect(cdn.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/signed-1", 403],
      ["/signed-2", 200],
    ]);
  });
});

describe("a refusal", () => {
  test.each<[number, string]>([
    [400, "NETWORK"],
    [401, "UNAUTHORIZED"],
    [403, "UNAUTHORIZED"],
    [404, "NOT_FOUND"],
    [410, "NOT_FOUND"],
  ])("with status %i is %s, at once", async (status, code) => {
    origin.fault("tiny.pt", { type: "status", status });

    await expect(download()).rejects.toMatchObject({ code, message: expect.stringContaining(`answers ${status}`) });

    expect(origin.requests).toHaveLength(1);
    expect(await tree(dir)).toEqual([]);
  });

  test("of a file that is not there does not blame the source alone", async () => {
    origin.fault("tiny.pt", { type: "status", status: 404 });

    await expect(download()).rejects.toMatchObject({ hint: expect.stringContaining("A mirror may lack it.") });
  });

  test.each([
    [408, "NETWORK"],
    [429, "RATE_LIMITED"],
    [500, "NETWORK"],
    [502, "NETWORK"],
    [503, "NETWORK"],
    [504, "NETWORK"],
  ])("with status %i is %s, after further tries", async (status, code) => {
    origin.fault("tiny.pt", { type: "status", status });

    await expect(download({ retryDelays: [0, 0] })).rejects.toMatchObject({ code });

    expect(origin.requests).toHaveLength(3);
  });

  test.each([401, 403])("with status %i of a gated model says whose move it is", async (status) => {
    origin.fault("tiny.pt", { type: "status", status });
    const manifest = manifestOf(origin, { "tiny.pt": body }, { gated: "manual" });

    await expect(materialize(manifest, { ...calm, dir })).rejects.toMatchObject({
      code: "GATED",
      hint: expect.stringContaining("terms"),
    });
  });

  test("that says when to come back is obeyed", async () => {
    origin.fault("tiny.pt", { type: "status", status: 429, headers: { "retry-after": "1" } }, 1);
    const waits: number[] = [];

    await download({ onEvent: (event) => void (event.type === "retry" && waits.push(event.wait)) });

    await isThere();
    expect(waits).toEqual([1000]);
  });

  test("that wants a longer wait than we have ends the tries", async () => {
    origin.fault("tiny.pt", { type: "status", status: 503, headers: { "retry-after": "3600" } });

    await expect(download()).rejects.toMatchObject({ code: "NETWORK" });

    expect(origin.requests).toHaveLength(1);
  });
});

describe("an abort", () => {
  const large = pattern(5_000_000);

  test("ends the transfer at once and keeps what there is, for the next run", async () => {
    const origin = await serveFiles({ "large.bin": large });
    origin.fault("large.bin", { type: "stall", at: 3_000_000 }, 1);
    const manifest = manifestOf(origin, { "large.bin": large });
    const controller = new AbortController();
    let stopped = 0;
    const onEvent = (event: MaterializeEvent) => {
      if (event.type !== "bytes" || event.bytes === 0 || stopped > 0) return;
      stopped = performance.now();
      controller.abort();
    };

    const { signal } = controller;
    await expect(materialize(manifest, { ...calm, dir, signal, onEvent })).rejects.toMatchObject({ code: "ABORTED" });

    // It would stand still for thirty seconds. How soon an abort is obeyed is measured by the soak suite.
    expect(performance.now() - stopped).toBeLessThan(5_000);
    expect(await readdir(dir)).toEqual([`large.bin.${sha256(large).slice(0, 12)}.part`]);

    await materialize(manifest, { ...calm, dir });
    expect(origin.ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(await readdir(dir)).toEqual(["large.bin"]);
  });

  test("before anything begins makes no request", async () => {
    await expect(download({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });

    expect(origin.requests).toEqual([]);
    expect(await tree(dir)).toEqual([]);
  });

  test("ends a wait between two tries", async () => {
    origin.fault("tiny.pt", { type: "status", status: 503, headers: { "retry-after": "60" } });
    const controller = new AbortController();
    const onEvent = (event: MaterializeEvent) => void (event.type === "retry" && controller.abort());

    await expect(download({ signal: controller.signal, onEvent })).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("with a reason of ours ends with that reason", async () => {
    origin.fault("tiny.pt", { type: "stall", at: 1000 });
    const reason = new PreloadError("DEADLINE", "not done after 1 second");
    const controller = new AbortController();
    const work = download({ signal: controller.signal });
    work.catch(() => {});
    await until(() => origin.bytesSent === 1000);
    controller.abort(reason);

    await expect(work).rejects.toBe(reason);
  });
});

test("what is reported adds up to what is there, whatever went wrong on the way", async () => {
  const mirror = await serveFiles({ "tiny.pt": body });
  mirror.fault("tiny.pt", { type: "cut", at: 100_000 }, 1);
  mirror.fault("tiny.pt", { type: "status", status: 503 });
  origin.fault(
    "tiny.pt",
    [
      { type: "wrong-byte", at: 250_000 },
      { type: "cut", at: 120_000 },
    ],
    2,
  );
  let sum = 0;

  await download({
    mirrors: [{ base: `${origin.url}/`, mirrors: [`${mirror.url}/`, `${origin.url}/`] }],
    onEvent: (event) => {
      if (event.type === "bytes") sum += event.bytes;
    },
  });

  await isThere();
  expect(sum).toBe(300_000);
});

describe("many files", () => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, number) => [`${number}.bin`, pattern(20_000, number + 1)]),
  );

  test("share a few connections, and no more at once than was said", async () => {
    const origin = await serveFiles(files);

    await materialize(manifestOf(origin, files), { ...calm, dir, concurrency: 4 });

    expect(await readdir(dir)).toHaveLength(60);
    expect(origin.mostAtOnce).toBeLessThanOrEqual(4);
    expect(origin.connections).toBeLessThanOrEqual(4);
  });

  test("cause no warning of Node's about listeners", async () => {
    const origin = await serveFiles(files);
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));

    await materialize(manifestOf(origin, files), {
      ...calm,
      dir,
      concurrency: 40,
      signal: new AbortController().signal,
    });

    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  test("of which one cannot be had: the others stop, and are continued by the next run", async () => {
    const origin = await serveFiles(files);
    origin.fault("/7.bin", { type: "status", status: 404 }, 1);

    await expect(materialize(manifestOf(origin, files), { ...calm, dir, concurrency: 4 })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("/7.bin"),
    });

    expect(origin.requests.length).toBeLessThan(20);
    await materialize(manifestOf(origin, files), { ...calm, dir });
    expect((await readdir(dir)).filter((name) => !name.endsWith(".bin"))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
