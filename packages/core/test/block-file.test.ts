import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BlockFile } from "../src/ranged/block-file.ts";
import { smallDisk, whyNoSmallDisk } from "./support/small-disk.ts";

test.skipIf(whyNoSmallDisk || process.platform !== "linux")(
  "a note for which the disk has no room leaves no file open",
  async () => {
    const { dir } = await smallDisk(64 * 1024);
    const path = join(dir, "large.part");
    await writeFile(path, "");
    await writeFile(join(dir, "other"), Buffer.alloc(64 * 1024));
    const before = readdirSync("/proc/self/fd").length;

    for (let count = 0; count < 3; count += 1) expect(() => new BlockFile(path, 20_000_000)).toThrow(/ENOSPC/);

    expect(readdirSync("/proc/self/fd").length).toBe(before);
  },
);
