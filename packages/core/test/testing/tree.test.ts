import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir, tree } from "../../testing/index.ts";

test("a tree shows files with sizes, links with targets, and empty folders", async () => {
  const dir = await tempDir();
  await mkdir(join(dir, "a/empty"), { recursive: true });
  await writeFile(join(dir, "a/b.txt"), "twelve bytes");
  await symlink("../b", join(dir, "a/link"));

  expect(await tree(dir)).toEqual(["a/b.txt 12", "a/empty/", "a/link -> ../b"]);
});

let earlier: string;

test("a temporary directory is there during the test", async () => {
  earlier = await tempDir();

  expect(existsSync(earlier)).toBe(true);
});

test("a temporary directory is gone after the test", () => {
  expect(existsSync(earlier)).toBe(false);
});
