import { spawnSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder } from "./support/folder.ts";
import { runGuarded } from "./support/guarded.ts";

const inNode = `
const fs = require("node:fs");
const [under, other] = process.argv.slice(1);
fs.readFileSync(under + "/a");
fs.readFile(under + "/b", () => {});
fs.promises.readFile(under + "/c");
fs.createReadStream(under + "/d").resume();
fs.closeSync(fs.openSync(under + "/a", "r"));
fs.writeFileSync(under + "/written", "x");
fs.readFileSync(other);
process.chdir(under);
import("node:fs").then(({ readFileSync }) => readFileSync("e"));
fs.readFile(under + "/absent", () => {});
`;

const inPython = `
import io, os, pathlib, sys
under, other = sys.argv[1:]
open(under + "/a").read()
pathlib.Path(under, "b").read_bytes()
os.close(os.open(os.fsencode(under + "/c"), os.O_RDONLY))
io.open(under + "/d", "rb").close()
open(under + "/a").read()
open(under + "/written", "w").close()
open(other).read()
os.chdir(under)
open("e").read()
`;

const python = process.env.PRELOAD_TEST_PYTHON ?? "python3";
const hasPython = spawnSync(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;

test.each([
  ["Node", [process.execPath, "-e", inNode]],
  ...(hasPython || process.env.CI ? [["Python", [python, "-c", inPython]] as [string, string[]]] : []),
])("what %s reads below a folder is noted once, and nothing else", async (_, command) => {
  const root = folder();
  const [under, record] = [join(root, "cache"), join(root, "opened")];
  await mkdir(under);
  for (const name of ["a", "b", "c", "d", "real"]) await writeFile(join(under, name), name);
  await symlink("real", join(under, "e"));
  await writeFile(join(root, "other"), "");

  const { status } = runGuarded([...command, under, join(root, "other")], {
    env: { PRELOAD_GUARD: "record", PRELOAD_OPENED: record, PRELOAD_OPENED_UNDER: `${join(root, "no")}:${under}` },
  });

  expect(status).toBe(0);
  const lines = (await readFile(record, "utf8")).trim().split("\n");
  const opened = lines
    .map((line) => (JSON.parse(line) as { opened: string }).opened)
    .filter((path) => !path.endsWith("absent"));
  expect(opened.sort()).toEqual(["a", "b", "c", "d", "e"].map((name) => join(under, name)));
});
