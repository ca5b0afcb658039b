import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { tempDir } from "@preload/core/testing";
import { type DemoOrigin, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import type { Runner } from "./runners.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

interface Ran {
  readonly code: number;
  /** Both outputs, without colours. */
  readonly output: string;
}

/** A project that uses a runner, as npm would have installed it; a user with a home; a demo origin. */
export interface World {
  readonly project: string;
  readonly demo: DemoOrigin;
  /** Runs the tests as `npm test` does. */
  test(env?: Readonly<Record<string, string>>, args?: readonly string[]): Promise<Ran>;
  /** Runs a file of the project. */
  node(file: string, env?: Readonly<Record<string, string>>): Promise<Ran>;
  write(name: string, text: string): Promise<void>;
  /** Puts these tests in place of the example's own. */
  writeTests(text: string): Promise<void>;
}

/** The runner's project of `examples`, in a folder of its own. */
export async function world(runner: Runner): Promise<World> {
  const demo = await startDemoOrigin();
  onTestFinished(() => demo.close());
  const place = await realpath(await tempDir());
  const project = join(place, "project");
  await cp(join(root, "examples", runner.example), project, {
    recursive: true,
    filter: (from) => !/node_modules|test-results/.test(from.slice(root.length)),
  });
  await mkdir(join(project, ".git"));
  await installPackages(project, runner);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: place,
    USERPROFILE: place,
    TMPDIR: place,
    PRELOAD_STATE_DIR: join(place, "state"),
    PRELOAD_CACHE_ROOT: join(place, "caches"),
    PRELOAD_HF_ENDPOINT: demo.endpoints.hf,
    NO_COLOR: "1",
  };
  const program = join(project, "node_modules", runner.bin);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  };
  return {
    project,
    demo,
    test: (more = {}, args = []) => run([program, ...runner.args, ...args], project, { ...env, ...more }),
    node: (file, more = {}) => run([file], project, { ...env, ...more }),
    write,
    writeTests: (text) => write(runner.testFile, `${runner.header}\n${text}`),
  };
}

export async function writeAll(place: World, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await place.write(name, text);
}

/** Folders of runs, which are told to lie beside the project. */
export async function leftBehind({ project }: World): Promise<string[]> {
  return (await readdir(dirname(project))).filter((name) => name.startsWith("preload-run-"));
}

/** Ours as they would be published, and the runner where its own program looks for what is around it. */
async function installPackages(project: string, { package: name, from }: Runner): Promise<void> {
  const modules = join(project, "node_modules");
  for (const folder of ["test-setup", "guards"]) {
    const source = join(root, "packages", folder);
    const { files } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as { files: string[] };
    for (const file of [...files.filter((name) => !name.startsWith("!")), "package.json"]) {
      await cp(join(source, file), join(modules, "@preload", folder, file), { recursive: true });
    }
  }
  await symlink(join(root, "apps/cli"), join(modules, "@preload/cli"), "dir");
  const require = createRequire(import.meta.url);
  const runner = dirname(require.resolve(`${from}/package.json`));
  await mkdir(dirname(join(modules, name)), { recursive: true });
  if (name !== "mocha") return symlink(await realpath(runner), join(modules, name), "dir");
  // It looks for what it is to require from where it lies, so it has to lie here, and what it depends on beside it.
  await cp(await realpath(runner), join(modules, name), { recursive: true });
  const around = dirname(await realpath(runner));
  for (const neighbour of await readdir(around)) {
    if (neighbour !== name) await symlink(await realpath(join(around, neighbour)), join(modules, neighbour), "dir");
  }
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number>((settle, reject) => {
    child.once("error", reject).once("close", (exitCode) => settle(exitCode ?? -1));
  });
  return { code, output: stripVTControlCharacters(output) };
}
