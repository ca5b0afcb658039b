import { tempDir } from "@preload/core/testing";
import { expect, test, vi } from "vitest";
import { githubCache } from "../src/cache.ts";
import { cacheService } from "./support/cache-service.ts";
import { models, world } from "./support/world.ts";

const everything = () => true;

async function silentCache() {
  const service = await cacheService();
  for (let time = 0; time < 20; time += 1) service.hold(everything);
  vi.stubEnv("ACTIONS_RESULTS_URL", service.url);
  vi.stubEnv("ACTIONS_CACHE_SERVICE_V2", "True");
  vi.stubEnv("ACTIONS_RUNTIME_TOKEN", "runtime-token");
  return { service, cache: githubCache(process.env, 1500) };
}

test("a cache that never answers is asked once, and then no more", async () => {
  const { service, cache } = await silentCache();
  const into = await tempDir();

  const answers = await Promise.all(
    ["a", "b", "c"].map((key) => cache.restore(key, { first: key, others: [] }, { into, most: 10 ** 12 })),
  );

  expect(answers).toEqual(Array(3).fill({ trouble: "it did not answer in time" }));
  expect(cache.away).toBe("it did not answer in time");
  expect(await cache.save("a", "a", 10 ** 12)).toEqual({ trouble: "it did not answer in time" });
  expect(service.requests).toHaveLength(1);
});

test("a place for what nobody needs later that has no name is the system's", async () => {
  const { machine } = await world(models(1));
  await (await machine()).run();

  const step = await (await machine()).run({}, { RUNNER_TEMP: "" });

  expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
});
