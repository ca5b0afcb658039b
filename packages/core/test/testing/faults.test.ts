import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { contentOf, type Origin, pattern, serve, sha256 } from "../../testing/index.ts";
import { until } from "../support/until.ts";

const body = pattern(100_000);
const whole = contentOf(body);
let origin: Origin;

beforeEach(async () => {
  origin = await serve({ "/file": body });
  onTestFinished(() => origin.close());
});

/** What arrived, and whether the connection broke. */
async function receive(range?: string) {
  const chunks: Uint8Array[] = [];
  try {
    const answer = await fetch(`${origin.url}/file`, { headers: range ? { range } : {} });
    for await (const chunk of answer.body ?? []) chunks.push(chunk);
    return { status: answer.status, headers: answer.headers, bytes: Buffer.concat(chunks), broken: false };
  } catch {
    return { bytes: Buffer.concat(chunks), broken: true };
  }
}

test("a fault is used as often as it was asked for, then the route answers", async () => {
  origin.fault("/file", { type: "status", status: 429, headers: { "Retry-After": "3" } }, 2);

  const answers = [await receive(), await receive(), await receive()];

  expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
  expect(answers[0]?.headers?.get("retry-after")).toBe("3");
});

test("the first matching fault with times left is used", async () => {
  origin.fault("/other", { type: "status", status: 500 });
  origin.fault(/file$/, { type: "status", status: 503 }, 1);
  origin.fault(({ method }) => method === "GET", { type: "status", status: 408 }, 1);

  expect([(await receive()).status, (await receive()).status, (await receive()).status]).toEqual([503, 408, 200]);
});

test("cut sends so many bytes and closes the connection", async () => {
  origin.fault("/file", { type: "cut", at: 1000 });

  const { bytes, broken } = await receive();

  expect(broken).toBe(true);
  expect(bytes.equals(whole.subarray(0, 1000))).toBe(true);
  expect(origin.bytesSent).toBe(1000);
});

test("cut counts from the start of a range", async () => {
  origin.fault("/file", { type: "cut", at: 1000 });

  expect((await receive("bytes=500-")).bytes.equals(whole.subarray(500, 1500))).toBe(true);
});

test("reset drops the connection, before an answer or within it", async () => {
  origin.fault("/file", { type: "reset" }, 1);
  origin.fault("/file", { type: "reset", at: 1000 }, 1);

  expect(await receive()).toEqual({ bytes: Buffer.alloc(0), broken: true });
  expect((await receive()).broken).toBe(true);
  expect((await receive()).bytes.equals(whole)).toBe(true);
});

test("stall sends so many bytes and then nothing", async () => {
  origin.fault("/file", { type: "stall", at: 1000 }, 1);
  origin.fault("/file", { type: "stall" }, 1);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const orNothing = (come: Promise<unknown>) => Promise.race([come, pause(100, "nothing")]);

  const { body } = await fetch(`${origin.url}/file`, { signal: stop.signal });
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  let came = 0;
  while (came < 1000) came += (await reader.read()).value?.length ?? Number.NaN;
  const more = reader.read();
  const silent = fetch(`${origin.url}/file`, { signal: stop.signal });
  for (const promise of [more, silent]) promise.catch(() => {});
  await until(() => origin.requests.length === 2);

  expect([came, await orNothing(more), await orNothing(silent)]).toEqual([1000, "nothing", "nothing"]);
  expect(origin.requests.map(({ status }) => status)).toEqual([200, undefined]);
});

test("slow sends at a pace", async () => {
  origin.fault("/file", { type: "slow", bytesPerSecond: 1_000_000 });
  const before = performance.now();

  const { bytes } = await receive();

  expect(bytes.equals(whole)).toBe(true);
  expect(performance.now() - before).toBeGreaterThan(60);
});

test("latency comes before the first byte", async () => {
  origin.fault("/file", { type: "latency", ms: 50 });
  const before = performance.now();

  expect((await receive()).bytes.equals(whole)).toBe(true);
  expect(performance.now() - before).toBeGreaterThan(45);
});

test("a wrong byte changes one byte of the file, in a range as well", async () => {
  origin.fault("/file", { type: "wrong-byte", at: 70_000 });
  const expected = Buffer.from(whole);
  expected[70_000] = (expected[70_000] ?? 0) ^ 0xff;

  expect((await receive()).bytes.equals(expected)).toBe(true);
  expect((await receive("bytes=69999-70001")).bytes.equals(expected.subarray(69_999, 70_002))).toBe(true);
});

test.each([5, -5])("a file that is longer by %i says so", async (by) => {
  origin.fault("/file", { type: "wrong-length", by });

  const { bytes, headers } = await receive();

  expect(bytes).toHaveLength(100_000 + by);
  expect(headers?.get("content-length")).toBe(String(100_000 + by));
});

test("ranges can be ignored, or refused", async () => {
  origin.fault("/file", { type: "ignore-range" }, 1);
  origin.fault("/file", { type: "range-not-satisfiable" }, 1);

  const ignored = await receive("bytes=10-");
  const refused = await receive("bytes=10-");

  expect([ignored.status, ignored.bytes.length, ignored.headers?.get("accept-ranges")]).toEqual([200, 100_000, null]);
  expect(refused.status).toBe(416);
});

test("a compressed body has no length", async () => {
  origin.fault("/file", { type: "gzip" });

  const { headers, bytes } = await receive("bytes=10-");

  expect(headers?.get("content-encoding")).toBe("gzip");
  expect(headers?.get("content-length")).toBe(null);
  // fetch has unpacked it.
  expect(bytes.equals(whole)).toBe(true);
});

test("redirects lead elsewhere, or nowhere", async () => {
  origin.fault("/file", { type: "redirect", to: "/file?again" }, 1);
  expect((await receive()).bytes.equals(whole)).toBe(true);

  origin.fault("/file", { type: "redirect-loop" });
  expect((await receive()).broken).toBe(true);
});

test("a captive portal and a server without LFS answer 200", async () => {
  origin.fault("/file", { type: "html" }, 1);
  origin.fault("/file", { type: "lfs-pointer" }, 1);

  const portal = await receive();
  const pointer = await receive();

  expect([portal.status, portal.headers?.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(pointer.bytes.toString()).toBe(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(body)}\nsize 100000\n`,
  );
});

test("several faults can strike together", async () => {
  origin.fault("/file", [{ type: "ignore-range" }, { type: "cut", at: 100 }], 1);

  expect((await receive("bytes=50-")).bytes.equals(whole.subarray(0, 100))).toBe(true);
});
