import { describe, expect, test } from "vitest";
import type { Fault } from "./support/cache-service.ts";
import { models, world } from "./support/world.ts";

const limited: Fault = {
  status: 429,
  headers: { "retry-after": "60" },
  body: '{"code":"resource_exhausted","msg":"x"}',
};
const expired: Fault = { status: 403, body: "<Error><Code>AuthenticationFailed</Code></Error>" };

describe("a service that will not keep an entry is a notice, and leaves none:", () => {
  for (const [what, path, fault, said] of [
    ["too many requests", "CreateCacheEntry", limited, "rate limit"],
    ["a refusal", "CreateCacheEntry", { status: 400, body: '{"code":"invalid","msg":"no"}' }, "(400)"],
    ["an address for uploading that has expired", "PUT /devstore", expired, "uploading"],
    [
      "an entry that is not finished",
      "Finalize",
      { status: 200, body: '{"ok":false,"message":"too large"}' },
      "too large",
    ],
  ] as const) {
    test(what, async () => {
      const { machine, service } = await world(models(1));
      service.fault((request) => request.includes(path), fault, 100);

      const step = await (await machine()).run();

      expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
      expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining(said) }]);
      expect(service.keys).toEqual([]);
    });
  }
});

test("an entry that is cut off on its way is fetched from the origin, and stays as it is", async () => {
  const { machine, service } = await world(models(1));
  await (await machine()).run();
  service.fault((request) => request.startsWith("GET /devstore"), { status: 200, body: "part", ending: "cut" });

  const step = await (await machine()).run();

  expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
  expect(step.annotations).toMatchObject([{ level: "notice" }]);
});

test("a server of GitHub that is no address is a notice", async () => {
  const { machine } = await world(models(1));
  const step = await (await machine()).run({}, { GITHUB_SERVER_URL: "ghe.example" });
  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
  expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("GITHUB_SERVER_URL") }]);
});
