import { spawnSync } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "@preload/core/testing";
import { expect, inject, test } from "vitest";
import { bundle } from "../scripts/bundle.mjs";
import { models, world } from "./support/world.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("the action is one file, the same whenever it is made, and knows nothing of the machine it was made on", async () => {
  const { "index.js": text } = await bundle();

  expect(text === (await readFile(inject("action"), "utf8"))).toBe(true);
  for (const place of [root, homedir(), process.execPath]) expect(text.includes(`${place}/`)).toBe(false);
});

test("the licenses of all that is in it lie beside it", async () => {
  const { "licenses.txt": text } = await bundle();
  for (const name of ["@actions/core", "@actions/cache", "@azure/storage-blob", "got", "yaml"]) {
    expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
  }
  expect(text).not.toContain("undefined");
});

test("files that are read by another thread are verified from the one file", async () => {
  const { machine } = await world(models(1, 40 * 1024 * 1024));
  await (await machine()).run();

  const step = await (await machine()).run();

  expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
});

test("it starts in a folder where nothing else is", async () => {
  const dir = await tempDir();
  await cp(inject("action"), join(dir, "index.mjs"));

  const { status, stdout } = spawnSync(process.execPath, [join(dir, "index.mjs")], {
    cwd: dir,
    env: { PATH: process.env.PATH, INPUT_SAVE: "perhaps", HOME: dir },
    encoding: "utf8",
  });

  expect(stdout).toContain('input save: "perhaps" is not one of auto, true, false');
  expect(status).toBe(2);
});
