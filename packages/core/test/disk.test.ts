import { rmSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { diskError } from "../src/disk-error.ts";
import { check, createHttp, type MaterializeEvent, materialize } from "../src/index.ts";
import { type Origin, pattern, tempDir, tree } from "../testing/index.ts";
import { asNobody } from "./support/as-nobody.ts";
import { calm } from "./support/calm.ts";
import { hubManifest, repo, snapshot } from "./support/hub-manifest.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";
import { smallDisk, whyNoSmallDisk } from "./support/small-disk.ts";

const body = pattern(3_000_000);
const files = { "model.bin": body };

let origin: Origin;
let dir: string;

beforeEach(async () => {
  origin = await serveFiles(files);
  dir = await tempDir();
});

describe.skipIf(whyNoSmallDisk)(`a disk that is too small${whyNoSmallDisk ? ` (${whyNoSmallDisk})` : ""}`, () => {
  test("is noticed before the first byte", async () => {
    const { dir } = await smallDisk(2_000_000);

    await expect(materialize(manifestOf(origin, files), { ...calm, dir })).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("needs 3000000 bytes more"),
    });

    expect(origin.requests).toEqual([]);
    expect(await tree(dir)).toEqual([]);
  });

  test("is large enough for the rest of what is there already", async () => {
    const { dir } = await smallDisk(4_000_000);
    origin.fault("model.bin", { type: "cut", at: 2_500_000 }, 1);
    await expect(materialize(manifestOf(origin, files), { ...calm, dir, retryDelays: [] })).rejects.toThrow();

    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect(await tree(dir)).toEqual(["model.bin 3000000"]);
  });

  test("because another program fills it: what was fetched is kept, and continued once there is space", async () => {
    const { dir } = await smallDisk(4_000_000);
    origin.fault("model.bin", { type: "stall", at: 1_500_000 }, 1);
    origin.fault("model.bin", { type: "slow", bytesPerSecond: 100_000_000 });
    const manifest = manifestOf(origin, files);
    const filled: Promise<unknown>[] = [];
    const onEvent = ({ type }: MaterializeEvent) => {
      if (type === "fetch") filled.push(writeFile(join(dir, "other"), Buffer.alloc(2_500_000)));
    };

    await expect(
      materialize(manifest, { ...calm, http: createHttp({ machine: { env: {} }, stallTimeout: 100 }), dir, onEvent }),
    ).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("ENOSPC"),
    });

    await Promise.all(filled);
    expect(await tree(dir)).toEqual([
      expect.stringMatching(/^model\.bin\.[0-9a-f]{12}\.part \d{6,7}$/),
      "other 2500000",
    ]);
    await rm(join(dir, "other"));
    await materialize(manifest, { ...calm, dir });
    expect(await tree(dir)).toEqual(["model.bin 3000000"]);
    expect(origin.ranges.at(-1)).toMatch(/^bytes=\d{6,7}-$/);
  });
});

describe("a directory that may not be written", () => {
  test("by this user is said to be so", async () => {
    await chmod(dir, 0o555);

    await expect(asNobody(() => materialize(manifestOf(origin, files), { ...calm, dir }))).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringMatching(/model\.bin cannot be written: permission denied \(EACCES\)/),
    });

    expect(await tree(dir)).toEqual([]);
  });

  test("and holds everything is no obstacle", async () => {
    const manifest = hubManifest(origin, files);
    await materialize(manifest, { ...calm, dir });
    await chmod(dir, 0o555);

    const { mended } = await asNobody(() => materialize(manifest, { ...calm, dir, stateDir: join(dir, "state") }));

    expect(mended).toEqual([]);
  });

  test.skipIf(whyNoSmallDisk)("because it is mounted so is said to be so", async () => {
    const disk = await smallDisk(4_000_000);
    await disk.seal();

    await expect(materialize(manifestOf(origin, files), { ...calm, dir: disk.dir })).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringContaining("the file system is read-only (EROFS)"),
    });
  });

  test.skipIf(whyNoSmallDisk)(
    "mounted read-only and still empty is said to be, though Node says that nothing is there",
    async () => {
      const disk = await smallDisk(4_000_000);
      await disk.seal();

      await expect(
        materialize(manifestOf(origin, files), { ...calm, dir: join(disk.dir, "not", "yet") }),
      ).rejects.toMatchObject({
        code: "NOT_WRITABLE",
        message: expect.stringContaining("the file system is read-only (EROFS)"),
      });
    },
  );
});

describe("something else in a file's place", () => {
  test("a folder with something in it is left alone, before anything is fetched", async () => {
    await mkdir(join(dir, "model.bin"));
    await writeFile(join(dir, "model.bin", "mine.txt"), "mine");

    await expect(materialize(manifestOf(origin, files), { ...calm, dir })).rejects.toMatchObject({ code: "CORRUPT" });

    expect(origin.requests).toEqual([]);
    expect(await tree(dir)).toEqual(["model.bin/mine.txt 4"]);
  });

  test("a file where a folder should be is left alone", async () => {
    await writeFile(join(dir, repo), "mine");

    await expect(materialize(hubManifest(origin, files), { ...calm, dir })).rejects.toMatchObject({ code: "CORRUPT" });

    expect(await readFile(join(dir, repo), "utf8")).toBe("mine");
  });

  test("an empty folder in place of a link or a ref gives way", async () => {
    await mkdir(join(dir, snapshot("model.bin")), { recursive: true });
    await mkdir(join(dir, `${repo}/refs/main`), { recursive: true });
    const manifest = hubManifest(origin, files);

    await materialize(manifest, { ...calm, dir });

    expect(await check(manifest, { dir })).toEqual([]);
  });
});

describe("a directory that somebody removes", () => {
  test.each([
    ["a file in one go", body],
    ["a file in ranges", pattern(17 * 1024 * 1024, 4)],
  ])("while %s is written is said to be gone, and the next run completes", async (_, content) => {
    const origin = await serveFiles({ "model.bin": content });
    const manifest = manifestOf(origin, { "model.bin": content });
    const place = join(dir, "cache");
    const onEvent = ({ type }: MaterializeEvent) => {
      if (type === "fetch") rmSync(place, { recursive: true });
    };

    await expect(materialize(manifest, { ...calm, dir: place, onEvent })).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringMatching(/model\.bin cannot be written: its folder is not there \(ENOENT\)/),
    });

    await materialize(manifest, { ...calm, dir: place });
    expect(await tree(place)).toEqual([`model.bin ${content.size}`]);
  });
});

test.each([
  ["EDQUOT", "DISK_FULL", /the quota is used up/],
  ["EFBIG", "DISK_FULL", /no files of this size/],
  ["EROFS", "NOT_WRITABLE", /read-only/],
  ["EIO", "NOT_WRITABLE", /the disk reports a fault/],
  ["ESTALE", "NOT_WRITABLE", /has forgotten it/],
  ["EMFILE", "NOT_WRITABLE", /too many files open/],
  ["ENFILE", "NOT_WRITABLE", /too many files open/],
])("what only some disks refuse with %s is worded as well", (systemCode, code, message) => {
  const error = Object.assign(new Error(`${systemCode}: refused, write`), { code: systemCode, syscall: "write" });

  expect(diskError(error, "/cache/model.bin")).toMatchObject({ code, message: expect.stringMatching(message) });
});

test("a name that is too long for the system is said to be so", async () => {
  const manifest = manifestOf(origin, { [`${"x".repeat(300)}.bin`]: body });

  await expect(materialize(manifest, { ...calm, dir })).rejects.toMatchObject({
    code: "NOT_WRITABLE",
    message: expect.stringContaining("the name is too long (ENAMETOOLONG)"),
  });
});

test("the directory is made when it does not exist", async () => {
  const deep = join(dir, "a", "b");

  await materialize(manifestOf(origin, files), { ...calm, dir: deep });

  expect(await tree(deep)).toEqual([`model.bin ${body.size}`]);
});
