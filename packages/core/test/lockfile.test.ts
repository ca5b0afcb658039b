import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  emptyLock,
  formatLock,
  type Json,
  type Lock,
  lockDrift,
  type Manifest,
  parseLock,
  readLock,
  writeLock,
} from "../src/index.ts";
import { tempDir } from "../testing/index.ts";
import { hubManifest } from "./support/hub-manifest.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { toy } from "./support/toy-fetcher.ts";
import { membersOf, wheelManifest, wheelOf } from "./support/wheel-manifest.ts";

const origin = { url: "https://models.example" };
const members = membersOf("1.0.0");
const manifests = [
  hubManifest(origin, { "config.json": "{}" }),
  wheelManifest(origin, { version: "1.0.0", wheel: wheelOf(members), members }),
  manifestOf(origin, { "tiny.pt": "weights" }, { license: "mit", gated: "auto", options: { weights: "bin" } }),
];

function lockOf(...models: readonly Manifest[]): Lock {
  return { lockfileVersion: 1, models: new Map(models.map((manifest) => [manifest.ref, manifest])) };
}

/** The same, with the keys of every object in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  ) as T;
}

describe("the text of a lockfile", () => {
  test("gives back what went in", () => {
    const lock = lockOf(...manifests);

    expect(parseLock(formatLock(lock), "preload.lock").models).toEqual(
      new Map([...lock.models].sort(([one], [other]) => (one < other ? -1 : 1))),
    );
  });

  test("has one line for each entry", () => {
    // A contract with people who read diffs, and with caches whose key is a digest of this text.
    const manifest = manifestOf(origin, { "tiny.pt": "weights" }, { license: "mit" });

    expect(formatLock(lockOf(manifest))).toBe(`{
  "lockfileVersion": 1,
  "models": {
    "toy:tiny": {
      "leftOut": { "bytes": 0, "files": 0 },
      "license": "mit",
      "options": {},
      "path": "tiny.pt",
      "requires": [],
      "revision": "1",
      "entries": [
        { "type": "file", "path": "tiny.pt", "url": "https://models.example/tiny.pt", "size": 7, "digest": "sha256:9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c" }
      ]
    }
  }
}
`);
  });

  test("is the same in whichever order it was put together", () => {
    const text = formatLock(lockOf(...manifests));

    expect(formatLock(lockOf(...manifests.map(reversed).reverse()))).toBe(text);
    expect(formatLock(parseLock(text, "preload.lock"))).toBe(text);
  });

  test("of no models is read again, too", () => {
    expect(parseLock(formatLock(emptyLock), "preload.lock")).toEqual(emptyLock);
  });
});

describe("a lockfile that cannot be used says why", () => {
  const [, , simple] = manifests as [Manifest, Manifest, Manifest];
  const entry = simple.entries[0] as unknown as Record<string, Json>;
  const withModel = (change: object) =>
    JSON.stringify({ lockfileVersion: 1, models: { "toy:tiny": { ...simple, ...change } } });
  const withEntry = (change: object) => withModel({ entries: [{ ...entry, ...change }] });

  test.each<[string, string, string]>([
    [
      "a merge conflict",
      `{\n<<<<<<< HEAD\n  "lockfileVersion": 1\n=======\n  "lockfileVersion": 1\n>>>>>>> other\n}`,
      "it holds a merge conflict",
    ],
    ["half of it", formatLock(lockOf(simple)).slice(0, 100), "it is not JSON"],
    ["nothing", "", "it is not JSON"],
    ["a later version", '{ "lockfileVersion": 2 }', "it has version 2, and this preload reads version 1"],
    ["another file", '{ "name": "app" }', "it has no lockfileVersion"],
    ["null", "null", "it has no lockfileVersion"],
    ["no models", '{ "lockfileVersion": 1 }', "it has no models"],
    ["a model that is none", '{ "lockfileVersion": 1, "models": { "toy:tiny": 7 } }', "toy:tiny: it is not an object"],
    ["no revision", withModel({ revision: undefined }), "toy:tiny: it has no revision"],
    ["no entries", withModel({ entries: undefined }), "toy:tiny: it has no entries"],
    ["a license that is no text", withModel({ license: ["mit"] }), "toy:tiny: its license is not a text"],
    ["gating that is none", withModel({ gated: "yes" }), "toy:tiny: it is gated in a way"],
    ["a requirement that is none", withModel({ requires: [{ ref: 1 }] }), "toy:tiny: requirement 1 is not one"],
    ["left out nobody knows what", withModel({ leftOut: {} }), "toy:tiny: it does not say what it leaves out"],
    ["an entry of a kind to come", withEntry({ type: "torrent" }), "toy:tiny: entry 1 is not one"],
    ["a size that is no number", withEntry({ size: "7" }), "toy:tiny: entry 1 is not one"],
    ["a negative size", withEntry({ size: -1 }), "toy:tiny: entry 1 is not one"],
    ["a digest that is cut off", withEntry({ digest: "sha256:abc" }), "toy:tiny: entry 1 is not one"],
    ["a digest of a kind nobody should use", withEntry({ digest: `md5:${"a".repeat(32)}` }), "toy:tiny: entry 1"],
    ["an address that is none", withEntry({ url: "models.example" }), "toy:tiny: entry 1 is not one"],
    ["an address of a local file", withEntry({ url: "file:///etc/passwd" }), "toy:tiny: entry 1 is not one"],
  ])("%s", (_, text, message) => {
    expect(() => parseLock(text, "/repo/preload.lock")).toThrow(
      expect.objectContaining({
        code: "BAD_CONFIG",
        message: expect.stringContaining(`/repo/preload.lock: ${message}`),
        hint: expect.any(String),
      }),
    );
  });
});

describe("the file", () => {
  test("is the same lock with lines of Windows and a mark of its encoding", () => {
    const text = formatLock(emptyLock);

    expect(parseLock(`\uFEFF${text.replaceAll("\n", "\r\n")}`, "preload.lock")).toEqual(
      parseLock(text, "preload.lock"),
    );
  });

  test("that is not there is no lock", async () => {
    expect(await readLock(join(await tempDir(), "preload.lock"))).toBe(undefined);
  });

  test("that is a folder cannot be read", async () => {
    await expect(readLock(await tempDir())).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("cannot be read (EISDIR)"),
    });
  });

  test.skipIf(process.platform === "win32")("that leads to a device is not read, for that has no end", async () => {
    const path = join(await tempDir(), "preload.lock");
    await symlink("/dev/zero", path);

    await expect(readLock(path)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("is neither a file nor a link to one"),
    });
  });

  test("is written once, and left alone when nothing changed", async () => {
    const path = join(await tempDir(), "sub", "preload.lock");

    expect(await writeLock(path, lockOf(...manifests))).toBe(true);
    expect(await writeLock(path, lockOf(...manifests))).toBe(false);

    expect((await readLock(path))?.models.size).toBe(3);
  });

  test("whose lines end as Git for Windows has them is read, and written as it should be", async () => {
    const path = join(await tempDir(), "preload.lock");
    const text = formatLock(lockOf(...manifests));
    await writeFile(path, text.replaceAll("\n", "\r\n"));

    expect((await readLock(path))?.models.size).toBe(3);
    await writeLock(path, lockOf(...manifests));

    expect(await readFile(path, "utf8")).toBe(text);
  });
});

describe("config and lock disagree", () => {
  const fetchers = { toy: toy({ dir: "/toys", origin }) };
  const bear = manifestOf(origin, {}, { ref: "toy:bear" });
  const request = { ref: "toy:bear", options: {}, optional: false };

  test.each<[string, Parameters<typeof lockDrift>[0], Lock, string[]]>([
    ["not at all", [request], lockOf(bear), []],
    ["about a model that is not locked", [request], emptyLock, ["toy:bear not in the lock"]],
    ["not about an optional one that could not be locked", [{ ...request, optional: true }], emptyLock, []],
    ["about its options", [{ ...request, options: { size: 2 } }], lockOf(bear), ["toy:bear locked with other options"]],
    ["about a model nobody wants any more", [], lockOf(bear), ["toy:bear locked but not in the config"]],
    [
      "not about what a model requires",
      [request],
      lockOf(
        { ...bear, requires: [{ ref: "toy:fur", why: "its fur", safe: true }] },
        manifestOf(origin, {}, { ref: "toy:fur" }),
      ),
      [],
    ],
    [
      "about what a model requires, but only the user can decide on",
      [request],
      lockOf(
        { ...bear, requires: [{ ref: "toy:fur", why: "its fur", safe: false }] },
        manifestOf(origin, {}, { ref: "toy:fur" }),
      ),
      ["toy:fur locked but not in the config"],
    ],
  ])("%s", (_, requests, lock, expected) => {
    expect(lockDrift(requests, lock, fetchers).map(({ ref, what }) => `${ref} ${what}`)).toEqual(expected);
  });

  test("options may be said in any order", () => {
    const locked = lockOf({ ...bear, options: { a: 1, b: [{ c: 2, d: 3 }] } });

    expect(lockDrift([{ ...request, options: { b: [{ d: 3, c: 2 }], a: 1 } }], locked, fetchers)).toEqual([]);
  });
});
