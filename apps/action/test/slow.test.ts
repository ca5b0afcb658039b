import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { attempt } from "../src/attempt.ts";
import type { Cache } from "../src/cache.ts";
import { exec } from "../src/cache-exec.ts";
import { cacheModule } from "./support/cache-module.ts";
import { type CacheService, cacheService } from "./support/cache-service.ts";
import { models, world } from "./support/world.ts";

/** So many bytes that a limit by size would be a quarter of an hour away. */
const most = 10 ** 12;
const noAnswer = { trouble: "it did not answer in time" };
const keys = { first: "key", others: [] };

let githubCache: typeof import("../src/cache.ts")["githubCache"];
beforeAll(async () => {
  ({ githubCache } = await cacheModule());
});

/** A cache that has one entry, and little patience with it. */
async function patientCache(patience = 3000): Promise<{ service: CacheService; cache: Cache; into: string }> {
  const service = await cacheService();
  const dir = await tempDir();
  const into = join(dir, "into");
  await mkdir(into);
  await mkdir(join(dir, "folder"));
  await writeFile(join(dir, "folder", "file"), "content");
  vi.stubEnv("ACTIONS_RESULTS_URL", service.url);
  vi.stubEnv("ACTIONS_CACHE_SERVICE_V2", "True");
  vi.stubEnv("ACTIONS_RUNTIME_TOKEN", "runtime-token");
  vi.stubEnv("RUNNER_TEMP", join(dir, "archives"));
  vi.stubEnv("GITHUB_WORKSPACE", dir);
  vi.spyOn(process, "cwd").mockReturnValue(dir);
  expect(await githubCache(process.env).save("folder", "key", 10)).toEqual({ key: "key" });
  return { service, cache: githubCache(process.env, patience), into };
}

describe("a transfer that hardly moves is given up, however large it is, and nothing more is asked:", () => {
  for (const ending of ["stall", "drip"] as const) {
    test(`a download, by ${ending}`, async () => {
      const { service, cache, into } = await patientCache();
      service.fault((request) => request.startsWith("GET /devstore"), { status: 200, body: "part", ending });

      expect(await cache.restore("folder", keys, { into, most })).toEqual(noAnswer);
      const asked = service.requests.length;
      expect(await cache.restore("folder", keys, { into, most })).toEqual(noAnswer);

      expect(service.requests).toHaveLength(asked);
      expect(await readdir(into)).toEqual([]);
    });
  }

  test("an upload", async () => {
    const { service, cache } = await patientCache();
    service.hold((request) => request.startsWith("PUT /devstore"));

    expect(await cache.save("folder", "other", most)).toEqual(noAnswer);

    expect(cache.away).toBe(noAnswer.trouble);
    expect(service.keys).toEqual(["key"]);
  });
});

test("answers that each come late are waited for until that is too much", async () => {
  const { service, cache } = await patientCache(8000);
  service.slow((request) => request.includes("/twirp/"), 4000);

  const answers = [];
  while (cache.away === undefined) answers.push(await cache.lookUp("folder", keys));

  expect(answers.slice(0, 2)).toEqual([{ key: "key" }, { key: "key" }]);
  expect(cache.away).toBe("it takes too long to answer");
});

test("what was given up starts nothing more", async () => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let later: Promise<unknown> | undefined;
  const work = () => {
    later = held.then(() => exec("true"));
    return later;
  };

  expect(await attempt(work, { limit: 10, patience: 10 })).toBe("given up");
  goOn();
  await expect(later).rejects.toThrow("nobody waits");
});

describe("the run goes on with the origin, and saves nothing that is bad, when", () => {
  test("an archive stands still on its way", async () => {
    const { machine, service } = await world(models(1));
    await (await machine()).run();
    service.fault((request) => request.startsWith("GET /devstore"), { status: 200, body: "part", ending: "stall" });

    const step = await (await machine()).run();

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
    expect(step.annotations).toMatchObject([{ level: "notice" }]);
  });

  test("the connection of an upload is cut", async () => {
    const { machine, service } = await world(models(1));
    service.fault((request) => request.startsWith("PUT /devstore"), { status: 201, ending: "cut" }, 100);

    const step = await (await machine()).run();

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
    expect(step.annotations).toMatchObject([{ level: "notice" }]);
    expect(service.keys).toEqual([]);
  });
});
