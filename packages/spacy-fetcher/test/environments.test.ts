import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { sitePackagesOf, spacy, spacyVersionOf, writePth } from "../src/index.ts";
import { plain } from "./worlds.ts";

/** A folder with these files. */
async function folder(files: Record<string, string>): Promise<string> {
  const dir = await tempDir();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  return dir;
}

const spacy387 = { "lib/python3.11/site-packages/spacy-3.8.7.dist-info/METADATA": "" };
const venv = { "pyvenv.cfg": "home = /usr/bin\nversion = 3.11.7\n", "bin/python": "", ...spacy387 };

describe("the site-packages of an environment", () => {
  test("is found by its folder, relative or not, and by its python", async () => {
    const dir = await folder(venv);
    const found = join(dir, "lib/python3.11/site-packages");

    expect(sitePackagesOf(dir, plain).dir).toBe(found);
    expect(sitePackagesOf("lib/..", { ...plain, cwd: dir }).dir).toBe(found);
    expect(sitePackagesOf(join(dir, "bin/python"), plain).dir).toBe(found);
  });

  test("is that of the Python it was made with, when an older one is left over", async () => {
    const dir = await folder({ ...venv, "lib/python3.9/site-packages/left-over.txt": "" });
    expect(sitePackagesOf(dir, plain).dir).toBe(join(dir, "lib/python3.11/site-packages"));
  });

  test("is found in a Conda environment", async () => {
    const dir = await folder({ "conda-meta/history": "", ...spacy387 });
    expect(sitePackagesOf(dir, plain).dir).toBe(join(dir, "lib/python3.11/site-packages"));
  });

  test.skipIf(process.platform === "win32")("is asked of a python that lies elsewhere", async () => {
    const dir = await folder({ python3: "#!/bin/sh\necho /usr/lib/python3/dist-packages\n" });
    await chmod(join(dir, "python3"), 0o755);

    expect(sitePackagesOf(join(dir, "python3"), plain).dir).toBe("/usr/lib/python3/dist-packages");
    expect(sitePackagesOf("python3", { ...plain, cwd: "/", env: { PATH: `${dir}:/bin` } }).dir).toBe(
      "/usr/lib/python3/dist-packages",
    );
  });

  test.each([
    ["a folder that is no environment", "src", "it is no virtual environment"],
    ["a python that cannot be run", "src/python", "it is not executable"],
    ["nothing", "nowhere/python", "there is nothing"],
  ])("is not found for %s", async (_, path, why) => {
    const cwd = await folder({ "src/python": "" });
    expect(() => sitePackagesOf(path, { ...plain, cwd })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG", message: expect.stringContaining(why) }),
    );
  });
});

describe("the spaCy that pipelines are chosen for", () => {
  test("is the version option before all else", () => {
    const found = spacyVersionOf({ machine: plain, version: "3.7", python: "/nowhere" });
    expect(found).toEqual({ version: "3.7", rule: "the version option" });
  });

  test("is what the named environment has installed", async () => {
    const cwd = dirname(await folder({}));
    const name = (await folder(venv)).slice(cwd.length + 1);
    expect(spacyVersionOf({ machine: { ...plain, cwd }, python: name })).toEqual({ version: "3.8.7", rule: name });
  });

  test("is what the active environment has installed", async () => {
    const machine = { ...plain, env: { VIRTUAL_ENV: await folder(venv) } };
    expect(spacyVersionOf({ machine })).toEqual({ version: "3.8.7", rule: "VIRTUAL_ENV" });
  });

  test.each([
    [{}, "the newest, since no environment was named"],
    [{ VIRTUAL_ENV: "" }, "the newest, since no environment was named"],
    [{ VIRTUAL_ENV: "/nowhere" }, "the newest, since VIRTUAL_ENV has no spaCy"],
  ])("is the newest with %o", (env, rule) => {
    expect(spacyVersionOf({ machine: { ...plain, env } })).toEqual({ version: undefined, rule });
  });
});

describe("an environment that is to import from the shared directory", () => {
  test("gets a .pth file with one line, and keeps it as it is the second time", async () => {
    const dir = await folder(venv);

    const path = await writePth(dir, "/home/ada/.local/share/spacy", plain);
    await chmod(path, 0o444);
    await writePth(dir, "/home/ada/.local/share/spacy", plain);

    expect(path).toBe(join(dir, "lib/python3.11/site-packages/preload-spacy.pth"));
    expect(await readFile(path, "utf8")).toBe("/home/ada/.local/share/spacy\n");
    expect(await readdir(dirname(path))).toEqual(["preload-spacy.pth", "spacy-3.8.7.dist-info"]);
  });

  test("leaves the directory where it is", async () => {
    const fetcher = spacy({ machine: plain, python: await folder(venv) });
    expect(fetcher.dir).toBe("/home/ada/.local/share/spacy");
    expect(fetcher.environment.prepend).toEqual({ PYTHONPATH: "/home/ada/.local/share/spacy" });
  });
});

describe("an environment that is installed into", () => {
  test("is the directory, and needs no variable", async () => {
    const dir = await folder(venv);
    const fetcher = spacy({ machine: plain, python: dir, into: "site-packages" });
    expect(fetcher.dir).toBe(join(dir, "lib/python3.11/site-packages"));
    expect(fetcher.environment).toEqual({ set: {}, prepend: {}, offline: {} });
  });

  test("has to be named", () => {
    expect(() => spacy({ machine: plain, into: "site-packages" })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG" }),
    );
  });
});
