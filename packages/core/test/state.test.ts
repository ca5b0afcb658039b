import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { allRemembered, forget, recall, remember, stateDirOf } from "../src/index.ts";
import { thisProcess } from "../src/owner.ts";
import { tempDir } from "../testing/index.ts";
import { asNobody } from "./support/as-nobody.ts";
import { manifestOf } from "./support/manifest-of.ts";

const origin = { url: "https://models.example" };
const bear = manifestOf(origin, { "bear.bin": "fur" }, { ref: "toy:bear" });
const bin = { ...bear, options: { weights: "bin" } };

let stateDir: string;

beforeEach(async () => {
  stateDir = join(await tempDir(), "state");
});

test.each([
  ["linux", {}, "/home/me/.local/state/preload"],
  ["linux", { XDG_STATE_HOME: "/state" }, "/state/preload"],
  ["darwin", {}, "/home/me/Library/Application Support/preload"],
  ["win32", { LOCALAPPDATA: "/local" }, "/local/preload/state"],
  ["linux", { PRELOAD_STATE_DIR: "/mine", XDG_STATE_HOME: "/state" }, "/mine"],
] as const)("on %s with %j it is kept in %s", (platform, env, dir) => {
  expect(stateDirOf({ platform, env, home: "/home/me" })).toBe(dir);
});

describe("what was installed without a lock", () => {
  test("is remembered by directory, ref and options", () => {
    remember(stateDir, "/cache", bear);
    remember(stateDir, "/cache", bin);

    expect(recall(stateDir, "/cache", "toy:bear", {})).toEqual(bear);
    expect(recall(stateDir, "/cache", "toy:bear", { weights: "bin" })).toEqual(bin);
    expect(recall(stateDir, "/other", "toy:bear", {})).toBe(undefined);
    expect(recall(stateDir, "/cache", "toy:bear", { weights: "safetensors" })).toBe(undefined);
    expect(allRemembered(stateDir)).toHaveLength(2);
  });

  test("clears away what a killed process had half written, and nothing of a living one", async () => {
    remember(stateDir, "/cache", bear);
    const notes = join(stateDir, "manifests");
    const [note = ""] = await readdir(notes);
    const living = `${note}.${thisProcess()}.7.tmp`;
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const dead = `${note}.${thisProcess().replace(/-\d+-/, `-${pid}-`)}.7.tmp`;
    await writeFile(join(notes, living), "half");
    await writeFile(join(notes, dead), "half");

    remember(stateDir, "/cache", bear);

    expect((await readdir(notes)).sort()).toEqual([note, living].sort());
  });

  test("is replaced by a later install", () => {
    remember(stateDir, "/cache", bear);
    remember(stateDir, "/cache", { ...bear, revision: "2" });

    expect(recall(stateDir, "/cache", "toy:bear", {})?.revision).toBe("2");
    expect(allRemembered(stateDir)).toHaveLength(1);
  });

  test("can be forgotten", () => {
    remember(stateDir, "/cache", bear);

    forget(stateDir, { dir: "/cache", manifest: bear });

    expect(allRemembered(stateDir)).toEqual([]);
  });

  test.each([
    "",
    "{",
    "null",
    "7",
    "{}",
    '{ "manifest": null }',
    '{ "dir": "/cache", "manifest": { "ref": "toy:bear" } }',
  ])("is not remembered from a file that holds %j", async (text) => {
    remember(stateDir, "/cache", bear);
    const [name = ""] = await readdir(join(stateDir, "manifests"));
    await writeFile(join(stateDir, "manifests", name), text);

    expect(recall(stateDir, "/cache", "toy:bear", {})).toBe(undefined);
    expect(allRemembered(stateDir)).toEqual([]);
  });

  test("and may not be read is not called unknown", async () => {
    remember(stateDir, "/cache", bear);
    const [name = ""] = await readdir(join(stateDir, "manifests"));
    await chmod(join(stateDir, ".."), 0o755);
    await chmod(join(stateDir, "manifests", name), 0o000);

    await expect(asNobody(async () => recall(stateDir, "/cache", "toy:bear", {}))).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringContaining("cannot be read (EACCES)"),
    });
  });

  test("costs nothing where nothing may be written", async () => {
    await mkdir(stateDir, { mode: 0o500 });

    await asNobody(async () => remember(join(stateDir, "sub"), "/cache", bear));

    expect(await readdir(stateDir)).toEqual([]);
  });
});
