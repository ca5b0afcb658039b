import { describe, expect, test } from "vitest";
import { models, type World, world } from "./support/world.ts";

/** What the runner of a server of one's own says, which speaks the older protocol. */
function enterprise({ service }: World) {
  return { GITHUB_SERVER_URL: "https://ghe.example", ACTIONS_CACHE_URL: service.url, ACTIONS_CACHE_SERVICE_V2: "" };
}

describe("on GitHub Enterprise Server, whose cache speaks the older protocol,", () => {
  test("what one job fetched, the next one restores", async () => {
    const made = await world(models(2));
    const { machine, service } = made;

    expect(await (await machine()).run({}, enterprise(made))).toMatchObject({ code: 0, outputs: { hit: "miss" } });
    expect(service.keys).toHaveLength(2);
    const step = await (await machine()).run({}, enterprise(made));

    expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0, annotations: [] });
  });

  test("a bad entry is replaced", async () => {
    const made = await world(models(1));
    const { machine, service } = made;
    await (await machine()).run({}, enterprise(made));
    service.replace(service.keys[0] ?? "", Buffer.from("no archive"));

    const step = await (await machine()).run({}, enterprise(made));

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 1 });
    expect(service.keys[1]).toBe(`${service.keys[0]}-r1`);
  });

  test("an entry that somebody else saves meanwhile is no trouble", async () => {
    const made = await world(models(1));
    const { machine, service } = made;
    const exists = { status: 409, body: '{"message":"Cache already exists. Key: x"}' };
    service.fault((request) => request === "POST /_apis/artifactcache/caches", exists);

    const step = await (await machine()).run({}, enterprise(made));

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, annotations: [] });
    expect(step.log).toContain("which somebody else has saved or is saving");
  });

  for (const [what, path, said] of [
    ["reserved", "POST /_apis/artifactcache/caches", "no room"],
    ["uploaded", "PATCH /_apis/artifactcache/caches/", "(400|403)"],
  ] as const) {
    test(`an entry that may not be ${what} is told of, and is not called saved`, async () => {
      const made = await world(models(1));
      const { machine, service } = made;
      const refusal = { status: 403, body: '{"message":"no room"}' };
      service.fault((request) => request.startsWith(path), refusal, 100);

      const step = await (await machine()).run({}, enterprise(made));

      expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
      expect(step.annotations).toEqual([{ level: "notice", text: expect.stringMatching(said) }]);
      expect(step.log).not.toMatch(/^saved /m);
      expect(service.keys).toEqual([]);
    });
  }

  for (const access of ["read", "none"] as const) {
    test(`a cache whose access is "${access}" is a notice`, async () => {
      const made = await world(models(1));
      made.service.access = access;

      const step = await (await made.machine()).run({}, enterprise(made));

      expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
      expect(step.annotations.map(({ level }) => level)).not.toContain("error");
      expect(step.annotations[0]?.text).toMatch(/cache (read|write) denied/);
    });
  }

  test("one without a cache is a notice, also where the newer protocol is spoken of", async () => {
    const { machine, service } = await world(models(1));
    const env = { GITHUB_SERVER_URL: "https://ghe.example", ACTIONS_CACHE_SERVICE_V2: "True" };

    const step = await (await machine()).run({}, env);

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("no cache service here") }]);
    expect(service.requests).toEqual([]);
  });
});

test("where a store lets nobody in, entries are not damaged, and no others take their place", async () => {
  const { machine, service } = await world(models(2));
  await (await machine()).run();
  const forbidden = { status: 403, body: "<Error><Code>AuthenticationFailed</Code></Error>" };
  service.fault((request) => request.startsWith("GET /devstore"), forbidden, 100);

  const step = await (await machine()).run();

  expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
  expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("answered 403") }]);
  expect(step.log).not.toContain("damaged");
  expect(service.keys).toHaveLength(2);
});

test("a page in place of an archive is somebody's who stands in between, and no damage", async () => {
  const { machine, service } = await world(models(1));
  await (await machine()).run();
  const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>log in</html>" };
  service.fault((request) => request.startsWith("GET /devstore"), page, 100);

  const step = await (await machine()).run();

  expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
  expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("answered 200, with a page") }]);
});
