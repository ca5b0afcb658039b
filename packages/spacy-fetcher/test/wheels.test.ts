import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { parseRef } from "@preload/core";
import { contentOf, type Fault, type OriginRequest, pattern, tree } from "@preload/core/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { smallDisk, whyNoSmallDisk } from "../../core/test/support/small-disk.ts";
import { type WheelParts, wheelOf, zip } from "./wheels.ts";
import { fetcherFor, origin, tiny } from "./worlds.ts";

const ref = parseRef("spacy:en_tiny@3.8.0");
const parts = { name: "en_tiny", version: "3.8.0" };
const large = wheelOf({ ...parts, files: { "en_tiny/en_tiny-3.8.0/vectors": new Uint8Array(500_000) } });

describe("a wheel is described the same", () => {
  const suffix = ({ range }: OriginRequest) => range?.startsWith("bytes=-") ?? false;
  const any = () => true;
  const cases: [string, (request: OriginRequest) => boolean, Fault][] = [
    ["ranges from the end are refused", suffix, { type: "range-not-satisfiable" }],
    ["ranges from the end are ignored", suffix, { type: "ignore-range" }],
    ["ranges from the end are no request", suffix, { type: "status", status: 400 }],
    ["all ranges are ignored", any, { type: "ignore-range" }],
  ];
  test.each(cases)("when %s", async (_, match, fault) => {
    const { endpoints, origin: server } = await origin([tiny({ wheel: large })]);
    const expected = await fetcherFor(endpoints).resolve(ref);
    server.fault((request) => request.path.startsWith("/cdn/") && match(request), fault);

    expect(await fetcherFor(endpoints).resolve(ref)).toEqual(expected);
  });

  test("when its list is longer than what is fetched at first", async () => {
    const many = Array.from({ length: 1500 }, (_, at) => [`en_tiny/en_tiny-3.8.0/a-rather-long-name-${at}`, "x"]);
    const { endpoints } = await origin([tiny({ wheel: wheelOf({ ...parts, files: Object.fromEntries(many) }) })]);

    const { entries } = await fetcherFor(endpoints).resolve(ref);

    expect(entries[0]).toMatchObject({ members: { length: 1506 } });
  });
});

test.skipIf(whyNoSmallDisk)(
  "a wheel that does not fit into the folder for temporary files is the disk's fault",
  async () => {
    const stored = contentOf(pattern(600_000));
    const wheel = wheelOf({ ...parts, files: { "en_tiny/en_tiny-3.8.0/vectors": stored } });
    const { endpoints, origin: server } = await origin([tiny({ wheel })]);
    server.fault("/cdn/", { type: "ignore-range" });
    const { dir } = await smallDisk(200_000);
    vi.stubEnv("TMPDIR", dir);
    onTestFinished(() => void vi.unstubAllEnvs());

    const resolving = fetcherFor(endpoints).resolve(ref);

    await expect(resolving).rejects.toMatchObject({ code: "DISK_FULL", hint: expect.stringContaining("TMPDIR") });
    expect(await tree(dir)).toEqual([]);
  },
);

test("a wheel fetched whole is checked, and leaves nothing behind", async () => {
  const { endpoints, origin: server } = await origin([tiny({ wheel: large })]);
  server.fault("/cdn/", [{ type: "ignore-range" }, { type: "wrong-byte", at: 1000 }]);
  const before = await leftovers();

  const resolving = fetcherFor(endpoints).resolve(ref);

  await expect(resolving).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  expect(await leftovers()).toEqual(before);
});

test("a wheel that breaks off is a network error", async () => {
  const { endpoints, origin: server } = await origin([tiny({ wheel: large })]);
  server.fault("/cdn/", [{ type: "ignore-range" }, { type: "reset", at: 100_000 }]);

  await expect(fetcherFor(endpoints).resolve(ref)).rejects.toMatchObject({ code: "NETWORK" });
});

test("a wheel that is not there is not taken for a broken network", async () => {
  const { endpoints, origin: server } = await origin([tiny()]);
  server.fault(".whl", { type: "status", status: 404 });

  await expect(fetcherFor(endpoints).resolve(ref)).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("answers 404"),
  });
});

describe("a wheel is refused", () => {
  const cases: [string, Omit<WheelParts, "name" | "version">, string][] = [
    ["that climbs out of the directory", { files: { "../evil.py": "" } }, "../evil.py"],
    ["with an absolute path", { files: { "/etc/evil": "" } }, "/etc/evil"],
    ["with a backslash in a path", { files: { "en_tiny\\..\\..\\evil.py": "" } }, "evil.py"],
    ["that brings another package along", { files: { "numpy/__init__.py": "" } }, "outside of its package"],
    ["that installs into every program", { files: { "evil.pth": "import os" } }, "outside of its package"],
    ["with metadata of two packages", { files: { "pip-99.dist-info/METADATA": "" } }, "no metadata of en_tiny"],
    [
      "with a file that RECORD does not list",
      { unlisted: { "en_tiny/extra.py": "" } },
      "does not list en_tiny/extra.py",
    ],
    [
      "without a file that RECORD lists",
      { record: (right) => `en_tiny/gone.py,${anyHash},1\n${right}` },
      "does not hold",
    ],
    ["whose RECORD climbs out", { record: (right) => `../evil.py,${anyHash},1\n${right}` }, "climbs out"],
    ["with a file without digest", { record: (right) => right.replace(/(meta.json),[^,]+/, "$1,") }, "no digest"],
    [
      "with a file of another size",
      { record: (right) => right.replace(/(meta.json,[^,]+),19/, "$1,20") },
      "has 20 bytes",
    ],
    ["with a weak digest", { record: (right) => right.replace(/(meta.json),[^,]+/, "$1,md5=AAAA") }, "no sha256"],
  ];
  const anyHash = `sha256=${"A".repeat(43)}`;
  test.each(cases)("%s", async (_, spoilt, why) => {
    const { endpoints } = await origin([tiny({ wheel: wheelOf({ ...parts, ...spoilt }) })]);

    const resolving = fetcherFor(endpoints).resolve(ref);

    await expect(resolving).rejects.toMatchObject({ code: "BAD_ANSWER", message: expect.stringContaining(why) });
  });

  test.each([
    ["that is no zip archive", new TextEncoder().encode("<html>".repeat(20)), "not a readable zip archive"],
    ["without metadata", zip({ "en_tiny/__init__.py": "" }), "no metadata of en_tiny"],
    ["without RECORD", zip({ "en_tiny-3.8.0.dist-info/WHEEL": "" }), "it has no RECORD"],
    ["of another version", wheelOf({ ...parts, version: "3.8.1" }), "holds no en_tiny/en_tiny-3.8.0"],
  ])("%s", async (_, wheel, why) => {
    const { endpoints } = await origin([tiny({ wheel })]);

    const resolving = fetcherFor(endpoints).resolve(ref);

    await expect(resolving).rejects.toMatchObject({ code: "BAD_ANSWER", message: expect.stringContaining(why) });
  });
});

async function leftovers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("preload-wheel-"));
}
