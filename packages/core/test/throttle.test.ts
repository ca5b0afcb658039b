import { describe, expect, test } from "vitest";
import { materialize, throttleTo } from "../src/index.ts";
import { pace } from "../src/throttle.ts";
import { pattern, tempDir } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";

describe("bytes under a rate of a thousand a second", () => {
  test("wait until their time has come, each after those before it", () => {
    const waitFor = pace(1000, 0);

    expect([waitFor(500, 0), waitFor(500, 0), waitFor(1000, 500)]).toEqual([500, 1000, 1500]);
  });

  test("that come a little late are let through a little earlier, so that the rate is used", () => {
    const waitFor = pace(1000, 0);
    let now = 0;

    // Each wait ends twenty milliseconds late, and the next bytes come thirty after that.
    for (let piece = 0; piece < 50; piece += 1) now += waitFor(200, now) + (piece === 49 ? 0 : 50);

    expect(now).toBe(10_000);
  });

  test("that come after a long silence are no burst", () => {
    const waitFor = pace(1000, 0);

    expect([waitFor(1000, 60_000), waitFor(1000, 60_000)]).toEqual([900, 1900]);
  });
});

test("no transfer is faster than the rate for all of them, large or small", async () => {
  const files = {
    "one.bin": pattern(500_000, 1),
    "two.bin": pattern(500_000, 2),
    ...Object.fromEntries([3, 4, 5, 6, 7].map((seed) => [`${seed}.json`, pattern(20_000, seed)])),
  };
  const origin = await serveFiles(files);
  const throttle = throttleTo(1_000_000);
  const start = performance.now();

  await materialize(manifestOf(origin, files), { ...calm, dir: await tempDir(), throttle });

  // How close it comes to the rate is measured by the soak suite.
  expect(performance.now() - start).toBeGreaterThan(990);
});
