import { chmod, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { textAt, writeTogether } from "../src/edit/write-together.ts";

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

test.skipIf(process.platform === "win32")(
  "a file keeps its mode, whatever the umask, and a link what it leads to",
  async () => {
    const dir = await tempDir();
    const [file, link] = [join(dir, "file"), join(dir, "link")];
    await writeFile(file, "old");
    await chmod(file, 0o4666);
    await symlink("file", link);

    await writeTogether([{ path: link, before: "old", after: "new" }]);

    expect([await readFile(file, "utf8"), (await stat(file)).mode & 0o7777]).toEqual(["new", 0o4666]);
    expect(await readdir(dir)).toEqual(["file", "link"]);
  },
);

test.skipIf(process.platform === "win32")("a link that leads nowhere is not replaced by a file", async () => {
  const dir = await tempDir();
  const link = join(dir, "link");
  await symlink("gone", link);

  const writing = writeTogether([{ path: link, before: undefined, after: "new" }]);

  await expect(writing).rejects.toThrow(`${link} is a link that leads to nothing`);
  expect([await readlink(link), await readdir(dir)]).toEqual(["gone", ["link"]]);
});

test("text that is not in UTF-8 is refused: written again, it would be another", async () => {
  const path = join(await tempDir(), "Dockerfile");

  await writeFile(path, Buffer.from("# caf\u00e9\n", "latin1"));
  await expect(textAt(path)).rejects.toThrow(`${path} is no text in UTF-8`);
  await writeFile(path, "\uFEFF# caf\u00e9\n");
  expect(await textAt(path)).toBe("\uFEFF# caf\u00e9\n");
});
