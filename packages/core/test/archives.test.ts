import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check, formatLock, type Manifest, materialize, parseLock } from "../src/index.ts";
import { type Origin, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { startChild } from "./support/run-child.ts";
import { asked, serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";
import { type Members, membersOf, wheelManifest, wheelName, wheelOf } from "./support/wheel-manifest.ts";

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

interface World {
  readonly version?: string;
  /** What is really in the archive. @default what is promised */
  readonly wheel?: Uint8Array;
}

/** An origin with a wheel, and a manifest that promises these members. */
async function worldOf(members: Members, options: World = {}): Promise<{ origin: Origin; manifest: Manifest }> {
  const { version = "1.0.0", wheel = wheelOf(members) } = options;
  const origin = await serveFiles({ [wheelName(version)]: wheel });
  return { origin, manifest: wheelManifest(origin, { version, wheel, members }) };
}

/** An archive whose list says something else of its first member than is true. */
function listedAs(
  members: Members,
  said: { flags?: number; packedSize?: number; size?: number; externalAttributes?: number },
): Uint8Array {
  const zip = Buffer.from(wheelOf(members));
  const entry = zip.indexOf("PK\x01\x02");
  if (said.flags !== undefined) zip.writeUInt16LE(said.flags, entry + 8);
  if (said.packedSize !== undefined) zip.writeUInt32LE(said.packedSize, entry + 20);
  if (said.size !== undefined) zip.writeUInt32LE(said.size, entry + 24);
  if (said.externalAttributes !== undefined) zip.writeUInt32LE(said.externalAttributes, entry + 38);
  return zip;
}

/** An archive that has its first member a second time. */
function doubled(members: Members): Uint8Array {
  const [first = "", ...others] = Object.keys(members);
  const twin = `${first.slice(0, -1)}~`;
  const zip = wheelOf(
    Object.fromEntries([first, twin, ...others].map((name) => [name, members[name] ?? members[first] ?? ""])),
  );
  return Buffer.from(Buffer.from(zip).toString("latin1").replaceAll(twin, first), "latin1");
}

const treeOf100 = [
  "tiny-1.0.0.dist-info/INSTALLER 7",
  "tiny-1.0.0.dist-info/METADATA 26",
  "tiny/__init__.py 22",
  "tiny/tiny-1.0.0/config.cfg 300",
  "tiny/tiny-1.0.0/vocab/strings.json 15",
];

test("a wheel is unpacked, and does not stay itself", async () => {
  const { manifest, origin } = await worldOf(membersOf("1.0.0"));

  await materialize(manifest, { ...calm, dir });

  expect(await tree(dir)).toEqual(treeOf100);
  expect(await readFile(join(dir, "tiny/__init__.py"), "utf8")).toBe('__version__ = "1.0.0"\n');
  expect(asked(origin)).toEqual([wheelName("1.0.0")]);
});

test("what the manifest writes itself is not taken from the archive", async () => {
  const inside = { ...membersOf("1.0.0"), "tiny-1.0.0.dist-info/INSTALLER": "pip" };
  const { manifest } = await worldOf(membersOf("1.0.0"), { wheel: wheelOf(inside) });

  await materialize(manifest, { ...calm, dir });

  expect(await readFile(join(dir, "tiny-1.0.0.dist-info/INSTALLER"), "utf8")).toBe("preload");
});

test("it can go into a folder of its own", async () => {
  const { manifest } = await worldOf(membersOf("1.0.0"));
  const [archive] = manifest.entries;
  const inFolder = { ...manifest, path: "site/tiny", entries: [{ ...archive, path: "site" }] } as Manifest;

  await materialize(inFolder, { ...calm, dir });

  expect(await readdir(dir)).toEqual(["site"]);
  expect(await check(inFolder, { dir, depth: "deep" })).toEqual([]);
});

test("a zip that is no wheel is unpacked in the same way", async () => {
  const { manifest } = await worldOf(membersOf("1.0.0"));
  const [archive] = manifest.entries;
  const zip = { ...manifest, entries: [{ ...archive, format: "zip", path: "data" }] } as Manifest;

  await materialize(zip, { ...calm, dir });

  const lock = { lockfileVersion: 1, models: new Map([[zip.ref, zip]]) } as const;
  expect(parseLock(formatLock(lock), "preload.lock").models.get(zip.ref)).toEqual(zip);
  expect(await readdir(join(dir, "data"))).toEqual(["tiny", "tiny-1.0.0.dist-info"]);
  expect(await check(zip, { dir, depth: "deep" })).toEqual([]);
});

test("what others have beside it stays", async () => {
  await mkdir(join(dir, "numpy"));
  await writeFile(join(dir, "numpy/__init__.py"), "");
  const { manifest } = await worldOf(membersOf("1.0.0"));

  await materialize(manifest, { ...calm, dir });

  expect(await tree(dir)).toEqual(["numpy/__init__.py 0", ...treeOf100]);
});

describe("another version", () => {
  test("replaces the first, with nothing of it left", async () => {
    const first = await worldOf({ ...membersOf("1.0.0"), "tiny/only-in-1.0.0.txt": "" });
    await materialize(first.manifest, { ...calm, dir });
    const { manifest } = await worldOf(membersOf("2.0.0"), { version: "2.0.0" });

    await materialize(manifest, { ...calm, dir });

    expect(await tree(dir)).toEqual(treeOf100.map((line) => line.replace("1.0.0", "2.0.0")));
    expect(await check(first.manifest, { dir })).not.toEqual([]);
  });

  test("that turns out not to be as its list says leaves the first as it was", async () => {
    const { manifest } = await worldOf(membersOf("1.0.0"));
    await materialize(manifest, { ...calm, dir });
    const wrong = { ...membersOf("2.0.0"), "tiny/__init__.py": "import evil\n".padEnd(22) };
    const next = await worldOf(membersOf("2.0.0"), { version: "2.0.0", wheel: wheelOf(wrong) });

    await expect(materialize(next.manifest, { ...calm, dir })).rejects.toMatchObject({ code: "BAD_ANSWER" });

    expect(await tree(dir)).toEqual(treeOf100);
    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
  });
});

describe("an archive that is not as its list says is refused, and nothing of it stays", () => {
  const promised = membersOf("1.0.0");
  const { "tiny/__init__.py": _, ...without } = promised;

  test.each<[string, Uint8Array, string]>([
    [
      "other bytes",
      wheelOf({ ...promised, "tiny/__init__.py": 'evil = "1.0.0.0.0.0.0"' }),
      "tiny/__init__.py is not as",
    ],
    ["more bytes", wheelOf({ ...promised, "tiny/__init__.py": "x".repeat(1_000_000) }), "tiny/__init__.py is not as"],
    [
      "a file that is not listed",
      wheelOf({ ...promised, "sitecustomize.py": "import evil" }),
      "sitecustomize.py is not in its list",
    ],
    ["a file that climbs out", wheelOf({ ...promised, "../evil.py": "import evil" }), "../evil.py"],
    ["a file with an absolute path", wheelOf({ ...promised, "/tmp/evil.py": "import evil" }), "/tmp/evil.py"],
    ["a file with Windows' separators", wheelOf({ ...promised, "..\\evil.py": "import evil" }), "..\\evil.py"],
    ["a file that is missing", wheelOf(without), "tiny/__init__.py is not in it"],
    ["no archive at all", Buffer.from("PK, but no zip".repeat(10)), "is not a readable zip archive"],
    ["an archive that is cut off", wheelOf(promised).subarray(0, 300), "is not a readable zip archive"],
    ["a link", listedAs(promised, { externalAttributes: 0o120777 * 65_536 }), "is a link or a device"],
    ["a password", listedAs(promised, { flags: 1 }), "is encrypted"],
    ["a member that reaches into others", listedAs(promised, { packedSize: 100_000 }), "its members overlap"],
    ["a member that swells", listedAs(promised, { size: 0xfffffff0 }), "it would unpack from"],
    ["two members of one name", doubled(promised), "twice"],
  ])("%s", async (_, wheel, message) => {
    const { manifest } = await worldOf(promised, { wheel });

    await expect(materialize(manifest, { ...calm, dir })).rejects.toMatchObject({
      code: "BAD_ANSWER",
      message: expect.stringContaining(message),
    });

    expect(await tree(dir)).toEqual([]);
  });
});

describe("a process that is killed while it unpacks", () => {
  const large = Object.fromEntries(
    Array.from({ length: 300 }, (_, number) => [`tiny/tiny-1.0.0/data/${number}.txt`, `${number}`.repeat(50_000)]),
  );
  const members = { ...membersOf("1.0.0"), ...large };

  test("leaves nothing that passes for the model, and the next one needs no network and leaves nothing of it", async () => {
    const { manifest, origin } = await worldOf(members);
    const isUnpacking = async () => (await readdir(dir)).some((name) => name.startsWith(".preload-"));
    // One that was done before it was struck is tried again.
    do {
      dir = await tempDir();
      const child = await startChild({ act: "materialize", manifest, dir });
      await until(async () => child.process.exitCode !== null || (await isUnpacking()));
      await child.kill();
    } while ((await check(manifest, { dir })).length === 0);
    await origin.close();

    await materialize(manifest, { ...calm, dir });

    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
    expect(await readdir(dir)).toEqual(["tiny", "tiny-1.0.0.dist-info"]);
  });
});

describe("members that come unpacked from elsewhere", () => {
  const members = membersOf("1.0.0");
  const from = (texts: Members) =>
    async function* (_: unknown, { path }: { path: string }) {
      yield Buffer.from(texts[path] ?? "");
    };

  test("are placed without the archive, and nothing is asked of its origin", async () => {
    const { origin, manifest } = await worldOf(members);

    const { fetched } = await materialize(manifest, { ...calm, dir, members: from(members) });

    expect(await tree(dir)).toEqual(treeOf100);
    const bytes = Object.values(members).reduce((sum, text) => sum + text.length, 0);
    expect([asked(origin), fetched]).toEqual([[], { files: 1, bytes }]);
  });

  test("are verified like any others: nothing of them is placed when one is not as promised", async () => {
    const { manifest } = await worldOf(members);
    const wrong = { ...members, "tiny/__init__.py": '__version__ = "6.6.6"\n' };

    const placing = materialize(manifest, { ...calm, dir, members: from(wrong) });

    await expect(placing).rejects.toMatchObject({ code: "BAD_ANSWER" });
    expect(await tree(dir)).toEqual([]);
  });
});
