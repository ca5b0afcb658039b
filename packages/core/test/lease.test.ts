import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLease } from "../src/lease.ts";
import { tempDir, tree } from "../testing/index.ts";
import { smallDisk, whyNoSmallDisk } from "./support/small-disk.ts";

test.skipIf(whyNoSmallDisk)(
  "a lease that does not fit on a full disk is not left behind for others to wait for",
  async () => {
    const { dir } = await smallDisk(64 * 1024);
    await writeFile(join(dir, "other"), Buffer.alloc(64 * 1024));

    await expect(takeLease(join(dir, "x.lease"), { isDone: () => false })).rejects.toMatchObject({ code: "ENOSPC" });

    expect(await tree(dir)).toEqual(["other 65536"]);
  },
);

test("a lease of another machine, whose clock or ours is wrong, is waited for no longer than one that is silent", async () => {
  const path = join(await tempDir(), "x.lease");
  await writeFile(path, "00000000-1-1");
  const tomorrow = new Date(Date.now() + 86_400_000);
  await utimes(path, tomorrow, tomorrow);

  const lease = await takeLease(path, { isDone: () => false, silence: 100 });

  expect(lease).toBeDefined();
  lease?.release();
});
