import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { headerOf, padding } from "../src/pack/tar.ts";
import {
  elsewhere,
  ending,
  entry,
  filesBelow,
  forged,
  installed,
  packOf,
  takenApart,
  withMore,
} from "./support/packs.ts";

const bart = "hf:preload-demo/tiny-bart";
const root = "huggingface/hub/models--preload-demo--tiny-bart";

/** A pack of one model, its layers, and a machine that is given another one. */
async function packed() {
  const here = await installed({ config: `models: [${bart}]` });
  expect((await here.preload(["pack", "models.tar"])).code).toBe(0);
  const { layers } = await takenApart(here.pack);
  const [lock = Buffer.alloc(0), model = Buffer.alloc(0)] = await Promise.all(layers.map((path) => readFile(path)));
  const there = await elsewhere();
  const hostile = join(there.project, "hostile.tar");
  const unpack = async () => {
    const { code, stderr, stdout } = await there.preload(["unpack", hostile]);
    expect(stdout, stderr).toBe("");
    expect(await filesBelow(join(there.home, ".cache"))).toEqual([]);
    return { code, stderr };
  };
  return { here, there, lock, model, hostile, unpack };
}

const pax = (records: string) => {
  const head = forged(headerOf({ path: "PaxHeader/x", type: "file", size: records.length }), (bytes) =>
    bytes.write("x", 156),
  );
  return Buffer.concat([head, Buffer.from(records), padding(records.length)]);
};

describe("entries that somebody has added, with digests that agree, are refused, and nothing is written", () => {
  test.each<[string, Buffer, string]>([
    ["climbs out", entry({ path: "../../evil", type: "file" }, "x"), '"../../evil" is not in its lock'],
    ["is absolute", entry({ path: "/tmp/evil", type: "file" }, "x"), '"/tmp/evil" is not in its lock'],
    ["is in no lock", entry({ path: `${root}/blobs/evil`, type: "file" }, "x"), "blobs/evil"],
    ["is a folder of nobody", entry({ path: "etc", type: "directory" }), '"etc" is not in its lock'],
    [
      "leads out",
      entry({ path: `${root}/refs/main`, type: "link", target: "../../../../../etc" }),
      "is a link, and should",
    ],
    ["is a device", forged(entry({ path: "dev", type: "file" }), (head) => head.write("3", 156)), '"dev" is neither'],
    [
      "is a hard link",
      forged(entry({ path: "hard", type: "file" }), (head) => head.write("1", 156)),
      '"hard" is neither',
    ],
    ["is a pipe", forged(entry({ path: "pipe", type: "file" }), (head) => head.write("6", 156)), '"pipe" is neither'],
    [
      "has a name twice",
      entry({ path: `${root}/refs/main`, type: "file" }, "x".repeat(40)),
      "is not what its lock says",
    ],
    ["has a huge header", pax(`20000 path=${"a".repeat(20_000 - 12)}\n`), "a header of it has 20000 bytes"],
    [
      "has another name in an extended header",
      Buffer.concat([pax("17 path=../evil1\n"), entry({ path: `${root}/refs/main`, type: "file" }, "x")]),
      '"../evil1" is not in its lock',
    ],
    [
      "has a size of its own",
      forged(entry({ path: "x", type: "file" }), (head) => head.write("77777777777", 124)),
      "cut off",
    ],
    ["has no checksum", Buffer.alloc(512, "x"), "the checksum of a header is wrong"],
  ])("%s", async (_, more, message) => {
    const { lock, model, hostile, unpack } = await packed();
    await packOf(hostile, [lock, withMore(model, more)]);

    const { code, stderr } = await unpack();

    expect(stderr).toContain(message);
    expect(code).toBe(4);
  });
});

/** Puts other bytes in place of the content behind the first entry of this name. */
function replaced(layer: Buffer, name: RegExp, change: (content: Buffer) => void): Buffer {
  const bytes = Buffer.from(layer);
  for (let at = 0; at < bytes.byteLength; ) {
    const text = (from: number, length: number) =>
      bytes.toString("latin1", at + from, at + from + length).replace(/\0.*/s, "");
    const [path, size] = [`${text(345, 155)}/${text(0, 100)}`, Number.parseInt(text(124, 12), 8) || 0];
    if (name.test(path) && size > 0) {
      change(bytes.subarray(at + 512, at + 512 + size));
      return bytes;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`no ${name}`);
}

test("other bytes under right digests of layers are refused by the lock's own digest", async () => {
  const { lock, model, hostile, unpack } = await packed();
  await packOf(hostile, [lock, replaced(model, /blobs\/[0-9a-f]{64}$/, (content) => content.fill(0, 0, 100))]);

  const { code, stderr } = await unpack();

  expect(stderr).toMatch(
    /blobs\/[0-9a-f]{64} is not what its lock says\n {2}expected sha256:[0-9a-f]{64} {2}found sha256:/,
  );
  expect(code).toBe(4);
});

test("a marker with another text is refused", async () => {
  const { lock, model, hostile, unpack } = await packed();
  await packOf(hostile, [lock, replaced(model, /refs\/main$/, (content) => content.write("0000"))]);

  expect(await unpack()).toEqual({ code: 4, stderr: expect.stringContaining("refs/main is not what its lock says") });
});

test.each<[string, (text: string) => string, RegExp]>([
  [
    "writes elsewhere",
    (text) => text.replaceAll("models--preload-demo--tiny-bart", "models--other--model"),
    /is no part of it/,
  ],
  [
    "climbs out",
    (text) => text.replaceAll("models--preload-demo--tiny-bart/refs/main", "../../../refs/main"),
    /is no part of it|climbs out/,
  ],
  ["names a source of its own", (text) => text.replaceAll(bart, "evil:model"), /nothing here fetches/],
  ["is not written as a lock", (text) => text.replace('"revision"', '"revisions"'), /it has no revision/],
  ["is no JSON", (text) => `${text.slice(1)}`, /it is not JSON/],
  ["holds nothing", () => '{"lockfileVersion":1,"models":{}}', /it holds no model/],
])("a lock that %s is refused, and nothing is written", async (_, change, message) => {
  const { here, model, hostile, unpack } = await packed();
  const text = change(await readFile(join(here.project, "preload.lock"), "utf8"));
  const head = [
    entry({ path: "preload", type: "directory" }),
    entry({ path: "preload/preload.lock", type: "file" }, text),
  ];
  await packOf(hostile, [Buffer.concat([...head, ending]), model]);

  const { code, stderr } = await unpack();

  expect(stderr).toMatch(message);
  expect([2, 4]).toContain(code);
});

test("a layer that is left out, or is not the lock's, is named", async () => {
  const { lock, model, hostile, unpack } = await packed();
  await packOf(hostile, [lock]);
  expect(await unpack()).toEqual({ code: 4, stderr: expect.stringContaining("is in its lock and not in it") });
  await packOf(hostile, [model, lock]);
  expect(await unpack()).toEqual({ code: 4, stderr: expect.stringContaining("its first layer holds") });
  await packOf(hostile, [lock, model, model]);
  expect((await unpack()).code).toBe(4);
});

test("something behind the end of a layer is refused", async () => {
  const { lock, model, hostile, unpack } = await packed();
  await packOf(hostile, [lock, Buffer.concat([model, entry({ path: "hidden", type: "file" }, "x")])]);

  expect(await unpack()).toEqual({ code: 4, stderr: expect.stringContaining("behind the end of a layer") });
});

test("a file that was cut off at any place, or in which any bit was turned, is refused", async () => {
  const { here, hostile, unpack } = await packed();
  const whole = await readFile(here.pack);
  for (const share of [0, 0.01, 0.3, 0.7, 0.95, 0.99]) {
    await writeFile(hostile, whole);
    await truncate(hostile, Math.floor(whole.byteLength * share));
    expect([share, await unpack()]).toEqual([share, { code: 4, stderr: expect.any(String) }]);
  }
  const inManifest = whole.indexOf('"mediaType":"application/vnd.oci.image.layer') + 5;
  for (const at of [14, 600, 3000, Math.floor(whole.byteLength / 2), Math.floor(whole.byteLength * 0.8), inManifest]) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(hostile, bytes);
    expect([at, await unpack()]).toEqual([at, { code: 4, stderr: expect.any(String) }]);
  }
}, 60_000);

test("a tar of something else is refused", async () => {
  const { hostile, unpack } = await packed();
  await writeFile(hostile, Buffer.concat([entry({ path: "readme", type: "file" }, "hello"), ending]));

  expect(await unpack()).toEqual({ code: 4, stderr: expect.stringContaining('it is no pack: it holds "readme"') });
});
