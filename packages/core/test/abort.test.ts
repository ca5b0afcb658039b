import { getEventListeners } from "node:events";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { check, createHttp, materialize } from "../src/index.ts";
import { createLanes } from "../src/ranged/lanes.ts";
import { throttleTo } from "../src/throttle.ts";
import { type Origin, pattern, tempDir } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";

/** More than the ten from which on Node warns of a leak of listeners. */
const many = Array.from({ length: 24 }, (_, index) => index);
const megabyte = 1024 * 1024;
const files = { "small.bin": pattern(5000, 1), "large.bin": pattern(33 * megabyte, 2) };

let dir: string;
let origin: Origin;
let stop: AbortController;
let warnings: string[];

beforeEach(async () => {
  dir = await tempDir();
  origin = await serveFiles(files);
  stop = new AbortController();
  warnings = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
});

/** Starts the same piece of work many times with one signal, and aborts once they are all under way. */
async function together(work: (index: number) => Promise<unknown>, isUnderWay: () => boolean): Promise<void> {
  const outcomes = Promise.allSettled(many.map(work));
  await until(isUnderWay);
  stop.abort();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ABORTED" } });
  }
  await new Promise(setImmediate); // When a warning is given, it is by now.
  expect(warnings).toEqual([]);
}

test("many requests share a signal, and end with it without a warning", async () => {
  origin.fault("small.bin", { type: "stall" });
  const http = createHttp({ machine: { env: {} } });

  await together(
    () => http.get(`${origin.url}/small.bin`, { signal: stop.signal }),
    () => origin.requests.length === many.length,
  );
});

test("so do many that are the business of the HTTP library", async () => {
  origin.fault("small.bin", { type: "stall" });
  const http = createHttp({ machine: { env: {} } });

  await together(
    () => http.get(`${origin.url}/small.bin`, { method: "POST", body: "{}", signal: stop.signal }),
    () => origin.requests.length === many.length,
  );
});

test("so do many calls of materialize", async () => {
  origin.fault("small.bin", { type: "stall", at: 100 });
  const manifest = manifestOf(origin, { "small.bin": files["small.bin"] });

  await together(
    (index) => materialize(manifest, { ...calm, dir: join(dir, `${index}`), signal: stop.signal }),
    () => origin.requests.length === many.length,
  );
});

test("so do many that wait for a connection, a rate or the next try", async () => {
  const lanes = createLanes({ first: 1, most: 1 });
  const throttle = throttleTo(1);
  await lanes.enter();
  origin.fault("small.bin", { type: "status", status: 503 });
  const http = createHttp({ machine: { env: {} }, retryDelays: [60_000] });
  const { signal } = stop;

  await together(
    (index) =>
      [
        () => lanes.enter(signal).catch(() => Promise.reject({ code: "ABORTED" })),
        () => throttle.take(1000, signal),
        () => http.get(`${origin.url}/small.bin`, { signal }),
      ][index % 3]?.() ?? Promise.resolve(),
    () => origin.requests.length === many.length / 3,
  );
});

test("so do many checks", async () => {
  const manifest = manifestOf(origin, { "large.bin": files["large.bin"] });
  await materialize(manifest, { ...calm, dir });
  const { signal } = stop;
  let reading = 0;
  const onRead = () => {
    reading += 1;
  };

  await together(
    async () => {
      // Again and again: it is the abort that ends it, however fast the disk is.
      for (;;) await check(manifest, { dir, depth: "deep", signal, onRead });
    },
    () => reading > 0,
  );
});

test("what has ended leaves no listener on the signal", async () => {
  const http = createHttp({ machine: { env: {} } });
  const { signal } = stop;
  await Promise.all(many.map(() => http.get(`${origin.url}/small.bin`, { signal })));
  const manifest = manifestOf(origin, files);
  await materialize(manifest, { ...calm, dir, signal });
  await check(manifest, { dir, depth: "deep", signal });

  expect(getEventListeners(signal, "abort")).toEqual([]);
});
