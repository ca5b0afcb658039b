import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { writeTogether } from "../src/edit/write-together.ts";

test("writes both files, and leaves no draft", async () => {
  const dir = await tempDir();
  const [one, two] = [join(dir, "one"), join(dir, "two")];
  await writeFile(one, "old");

  await writeTogether([
    { path: one, before: "old", after: "new" },
    { path: two, before: undefined, after: "made" },
  ]);

  expect([await readFile(one, "utf8"), await readFile(two, "utf8")]).toEqual(["new", "made"]);
  expect(await readdir(dir)).toEqual(["one", "two"]);
});

test("writes neither when somebody else has changed one of them meanwhile", async () => {
  const dir = await tempDir();
  const [one, two] = [join(dir, "one"), join(dir, "two")];
  await writeFile(one, "old");
  await writeFile(two, "somebody else's");

  const writing = writeTogether([
    { path: one, before: "old", after: "new" },
    { path: two, before: "ours", after: "newer" },
  ]);

  await expect(writing).rejects.toThrow(`${two} was changed by somebody else meanwhile`);
  expect([await readFile(one, "utf8"), await readFile(two, "utf8")]).toEqual(["old", "somebody else's"]);
  expect(await readdir(dir)).toEqual(["one", "two"]);
});

test("writes neither when one of them cannot be written", async () => {
  const dir = await tempDir();
  const one = join(dir, "one");
  await writeFile(one, "old");

  const writing = writeTogether([
    { path: one, before: "old", after: "new" },
    { path: join(dir, "no", "folder"), before: undefined, after: "made" },
  ]);

  await expect(writing).rejects.toThrow("cannot be written (ENOENT)");
  expect([await readFile(one, "utf8"), await readdir(dir)]).toEqual(["old", ["one"]]);
});
