import { truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bytesWaiting, takePartial } from "../src/partial.ts";
import { tempDir, tree } from "../testing/index.ts";

const digest = `sha256:${"d".repeat(64)}` as const;

test("what lies where the file system says that a file takes no room is kept, and continued", async () => {
  const dir = await tempDir();
  const final = join(dir, "model.bin");
  const first = takePartial(final, digest);
  // A file without any blocks, which is how some of FUSE, 9p and overlay show every file.
  truncateSync(first.path, 100_000);
  first.leave();

  expect(await tree(dir)).toEqual([`model.bin.${"d".repeat(12)}.part 100000`]);
  expect(bytesWaiting(final, digest)).toBe(100_000);
  expect(takePartial(final, digest).size).toBe(100_000);
});

test("an empty one is not kept", async () => {
  const dir = await tempDir();
  takePartial(join(dir, "model.bin"), digest).leave();

  expect(await tree(dir)).toEqual([]);
});
