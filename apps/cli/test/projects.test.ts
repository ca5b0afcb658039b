import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tree } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { project } from "./support/project.ts";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const whisper = "whisper:tiny-demo";

async function listed({ preload }: World) {
  const { models } = JSON.parse((await preload(["list", "--json"])).stdout);
  return models as { ref: string; from: string; projects: string[]; lastUsed: string | null; state: string }[];
}

test("list knows the models of every project that was installed, and which projects these are", async () => {
  const w = await world({ config: "none" });
  const [app, api] = [await project(w, "app", [bart, whisper]), await project(w, "api", [bart])];
  await w.preload(["install", "-C", app]);
  await w.preload(["ci", "-C", api]);
  await w.preload(["install", "-C", api]);

  const text = await w.preload(["list"]);

  expect(text.stdout).toMatch(/tiny-bart +[0-9a-f]{7} +\d+ kB +complete +project +- +api, app +today/);
  expect(text.stdout).toMatch(/whisper:tiny-demo .* project +- +app +today/);
  const [first] = await listed(w);
  expect(first?.projects).toEqual([join(app, "preload.lock"), join(api, "preload.lock")].sort());
  expect(Date.now() - Date.parse(first?.lastUsed ?? "")).toBeLessThan(600_000);
});

test.each([
  ["install", bart],
  ["verify", "--fix"],
])("what only `%s %s` has fetched of a lock is the project's", async (...args) => {
  const w = await world({ config: "none" });
  const [app, api] = [await project(w, "app", [bart]), await project(w, "api", [whisper])];
  await w.preload(["lock", "-C", app]);
  await w.preload([...args, "-C", app]);
  await w.preload(["install", "-C", api]);

  await w.preload(["prune", "--yes", "--all", "-C", api]);

  expect((await w.preload(["verify", "-C", app])).code).toBe(0);
});

test("a project is gone with its lock, and what it alone had is unused", async () => {
  const w = await world({ config: "none" });
  const app = await project(w, "app", [bart]);
  await w.preload(["install", "-C", app]);
  await rm(join(app, "preload.lock"));

  const { stdout } = await w.preload(["list"]);

  expect(stdout).toMatch(/tiny-bart .* complete +unused +- +- +today/);
  expect(stdout).toContain("unused       1 model that no lock names any more; see `preload prune`");
});

test("what a lock named before it moved is unused, what it names now is not", async () => {
  const w = await world();
  await w.preload(["install"]);
  w.demo.push({ ...repoOf(w), ...(await changed(w)) });
  await w.preload(["lock", bart]);
  await w.preload(["install"]);

  const found = (await listed(w)).filter(({ ref }) => ref === bart);

  expect(found.map(({ from }) => from)).toEqual(["lock", "unused"]);
});

function repoOf({ demo }: World) {
  const found = demo.catalog.repos.find(({ id }) => id === "preload-demo/tiny-bart");
  if (!found) throw new Error("the demo has no tiny-bart");
  return found;
}

async function changed(w: World) {
  const { hubRepo } = await import("@preload/demo-origin");
  const files = Object.fromEntries(
    [...(repoOf(w).revisions.get("main")?.files.entries() ?? [])].map(([path, file]) => [path, file.body]),
  );
  return hubRepo({ id: "preload-demo/tiny-bart", files: { ...files, "config.json": '{"model_type":"bart"}' } });
}

describe("the note of a project", () => {
  test("holds its lock and directories, and nothing else", async () => {
    const w = await world();
    await w.preload(["install"]);

    const folder = join(w.home, "state", "projects");
    const [name = ""] = await readdir(folder);

    expect(JSON.parse(await readFile(join(folder, name), "utf8"))).toEqual({
      version: 1,
      lock: join(w.project, "preload.lock"),
      dirs: expect.objectContaining({ hf: w.hub, spacy: w.spacy, whisper: w.whisper }),
    });
  });

  test("is left as it is by a warm run, and gets a new time after a day", async () => {
    const w = await world();
    await w.preload(["install"]);
    const folder = join(w.home, "state", "projects");
    const [name = ""] = await readdir(folder);
    const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000);
    const timeAfterCi = async (ago: number) => {
      await utimes(join(folder, name), hours(ago), hours(ago));
      await w.preload(["ci", "-v"]);
      return Date.now() - (await stat(join(folder, name))).mtimeMs;
    };

    expect(await timeAfterCi(23)).toBeGreaterThan(22 * 3_600_000);
    await rm(join(w.home, "state", "receipts"), { recursive: true, force: true });
    expect(await timeAfterCi(25)).toBeLessThan(3_600_000);
  });

  test("is replaced when the lock names something else, and there is one for each set of directories", async () => {
    const w = await world({ config: `models: [${bart}]` });
    const folder = join(w.home, "state", "projects");
    await w.preload(["install"]);
    const [before] = await readdir(folder);
    await writeFile(join(w.project, "preload.yaml"), "models: [hf:preload-demo/tiny-led-bin]\n");
    await w.preload(["install"]);
    const after = await readdir(folder);
    await w.preload(["ci", "--cache-root", "models"]);

    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test("is missing where the state directory cannot be written, and the models are there all the same", async () => {
    const w = await world({ config: `models: [${bart}]` });
    await mkdir(join(w.home, "state"));
    await writeFile(join(w.home, "state", "projects"), "");

    expect((await w.preload(["install"])).code).toBe(0);
    expect((await w.preload(["verify"])).code).toBe(0);
  });
});

describe("a lock that cannot be read", () => {
  test("is told by list, and stops clean", async () => {
    const w = await world({ config: `models: [${bart}]` });
    const app = await project(w, "app", [bart]);
    await w.preload(["install", "-C", app]);
    await w.preload(["install"]);
    await writeFile(join(app, "preload.lock"), "<<<<<<< HEAD\n");

    const list = await w.preload(["list"]);
    const clean = await w.preload(["clean", bart, "--yes"]);

    expect(list.code).toBe(0);
    expect(list.stderr).toContain(`warning ${app}/preload.lock: it holds a merge conflict; what it names is not known`);
    expect(clean.code).toBe(2);
    expect(clean.stderr).toContain("it holds a merge conflict");
    expect((await listed(w))[0]?.state).toBe("complete");
  });
});

describe("clean", () => {
  test("leaves what the lock of another project names, and says whose it is", async () => {
    const w = await world({ config: `models: [${bart}, hf:preload-demo/tiny-led-bin]` });
    const app = await project(w, "app", [bart]);
    await w.preload(["install"]);
    await w.preload(["install", "-C", app]);

    const { code, stdout } = await w.preload(["clean", "--yes"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/stays +\d+ files that something else needs\n +named by .*app\/preload.lock/);
    expect((await w.preload(["verify", "-C", app])).code).toBe(0);
    expect(await readdir(w.hub)).toEqual(["models--preload-demo--tiny-bart"]);
  });

  test("takes it once the other project is gone", async () => {
    const w = await world({ config: `models: [${bart}]` });
    const app = await project(w, "app", [bart]);
    await w.preload(["install"]);
    await w.preload(["install", "-C", app]);
    await rm(app, { recursive: true });

    await w.preload(["clean", "--yes"]);

    expect(await tree(w.hub)).toEqual([]);
  });

  test("does not mean what only another project names, unless it is named", async () => {
    const w = await world({ config: "none" });
    const app = await project(w, "app", [bart]);
    await w.preload(["install", "-C", app]);

    const bare = await w.preload(["clean", "--yes", "--all-known"]);
    const named = await w.preload(["clean", "--yes", bart]);

    expect(bare.stdout).toBe("There is nothing to remove.\n");
    expect(named.stdout).toContain("Nothing was removed.");
    expect((await w.preload(["verify", "-C", app])).code).toBe(0);
  });

  test.each(["shared", "site-packages"])("takes the line with which an environment found them (%s)", async (into) => {
    const w = await world();
    const venv = join(w.project, ".venv");
    const site = join(venv, "lib", "python3.11", "site-packages");
    await mkdir(site, { recursive: true });
    await writeFile(join(venv, "pyvenv.cfg"), "version = 3.11.7\n");
    const config = await readFile(join(w.project, "preload.yaml"), "utf8");
    const withVenv = (more: string) => config.replace('version: "3.8"', `version: "3.8", python: .venv${more}`);
    await writeFile(join(w.project, "preload.yaml"), withVenv(""));
    await w.preload(["install"]);
    expect(await readdir(site)).toEqual(["preload-spacy.pth"]);
    if (into === "site-packages") {
      await writeFile(join(w.project, "preload.yaml"), withVenv(", into: site-packages"));
      await w.preload(["install"]);
    }

    const { stdout } = await w.preload(["clean", "--yes"]);

    expect(stdout).toContain("preload-spacy.pth, which led to the pipelines");
    expect(await readdir(site)).toEqual([]);
  });
});

describe("du", () => {
  test("shows the caches and what is in them, the largest first, and what others keep there", async () => {
    const w = await world();
    await w.preload(["install"]);
    await mkdir(join(w.hub, "models--other--one/blobs"), { recursive: true });
    await writeFile(join(w.hub, "models--other--one/blobs/abc"), "x".repeat(2_000_000));

    const { code, stdout } = await w.preload(["du"]);

    expect(code).toBe(0);
    const sizes = [...stdout.matchAll(/^(\S+ [kM]?B|\S+ bytes) {2}\//gm)].map(([, size]) => size);
    expect(sizes).toHaveLength(3);
    expect(stdout.split("\n").slice(0, 3).join("\n")).toMatch(
      new RegExp(`^2\\.\\d MB {2}${w.hub}\\n +SIZE +MODEL.*\\n +2.0 MB +hf:other/one +- +not ours`),
    );
    expect(stdout).toMatch(/total {2}\S+ MB: \d+ kB of known models, 2.0 MB not ours, 0 bytes unfinished/);
  });

  test("--json has the same fields as list, and the totals of the caches", async () => {
    const w = await world();
    await w.preload(["install"]);

    const du = JSON.parse((await w.preload(["du", "--json", "--only", "hf"])).stdout);

    expect(du).toMatchObject({ version: 1, command: "du", ok: true });
    expect(du.models.map(({ source }: { source: string }) => source)).toEqual(["hf", "hf", "hf", "hf"]);
    const present = du.models.map((model: { present: number }) => model.present);
    expect(present).toEqual([...present].sort((one: number, other: number) => other - one));
    expect(du.caches.map(({ dir }: { dir: string }) => dir).sort()).toEqual([w.hub, w.whisper, w.spacy].sort());
  });

  test("says that there is nothing", async () => {
    const { preload } = await world({ config: "none" });

    expect((await preload(["du"])).stdout).toBe("The caches are empty.\n");
    expect((await preload(["du", bart])).stdout).toBe("Nothing of that is there.\n");
  });
});
