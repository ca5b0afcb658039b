import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { check, materialize } from "../src/index.ts";
import { type Handler, type Origin, pattern, serve, sha256, tempDir } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { manifestOf } from "./support/manifest-of.ts";

const files = Object.fromEntries(
  Array.from({ length: 100 }, (_, number) => [`o/n/resolve/main/${number}.json`, pattern(2000 + number, number + 1)]),
);
const contents = new Map(Object.entries(files).map(([path, body]) => [`/${path}`, body]));
const digests = new Map([...contents].map(([path, body]) => [path, sha256(body)]));

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

/** Redirects each file to another address of its own, as the Hub does; `cached` says what is found there. */
async function redirecting(cached: (path: string, search: string) => ReturnType<Handler>): Promise<Origin> {
  const origin = await serve(({ path }) => {
    const [name = "", search = ""] = path.replace("/cache/abc/", "/o/n/resolve/main/").split("?");
    if (path.startsWith("/cache/")) return cached(name, search);
    const to = path.replace("/o/n/resolve/main/", "/cache/abc/");
    return { status: 307, headers: { location: `${to}?${encodeURIComponent(path)}=&etag=${digests.get(path)}` } };
  });
  onTestFinished(() => origin.close());
  return origin;
}

const found = (path: string) => {
  const body = contents.get(path);
  return body && { body };
};

async function installed(origin: Origin): Promise<void> {
  const manifest = manifestOf(origin, files);
  await materialize(manifest, { ...calm, dir });
  expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
}

const direct = (origin: Origin) => origin.requests.filter(({ path }) => path.startsWith("/o/n/")).length;

describe("an origin that redirects each file by one rule", () => {
  test("is asked where the rule leads, once it is known", async () => {
    const origin = await redirecting((path, search) =>
      search === `${encodeURIComponent(path)}=&etag=${digests.get(path)}` ? found(path) : undefined,
    );

    await installed(origin);

    // As many as are asked for at once before the first answers came.
    expect(direct(origin)).toBeLessThanOrEqual(64);
    expect(origin.requests.length).toBe(100 + direct(origin));
  });

  test("and has not everything there is asked for the rest where it should be", async () => {
    const asked = new Set<string>();
    const origin = await redirecting((path) => {
      // What nobody was redirected to is not there yet.
      const isKnown = origin.requests.some((request) => request.path === path);
      if (isKnown) return found(path);
      asked.add(path);
      return undefined;
    });

    await installed(origin);

    expect(asked.size).toBeGreaterThan(0);
    expect(direct(origin)).toBe(100);
  });

  test("and has other bytes there is asked once more where it should be", async () => {
    const origin = await redirecting((path) => {
      const isKnown = origin.requests.some((request) => request.path === path);
      return isKnown ? found(path) : { body: pattern(found(path)?.body.size ?? 0, 1000) };
    });

    await installed(origin);

    expect(direct(origin)).toBe(100);
  });
});

test("an origin that redirects each file by a rule of its own is asked for each", async () => {
  const origin = await serve(({ path }) => {
    const known = [...digests].find(([, digest]) => path === `/blobs/${digest}/${digest.slice(0, 8)}`);
    if (known) return found(known[0]);
    const digest = digests.get(path) ?? "";
    return { status: 302, headers: { location: `/blobs/${digest}/${digest.slice(0, 8)}` } };
  });
  onTestFinished(() => origin.close());

  await installed(origin);

  expect(origin.requests.length).toBe(200);
});
