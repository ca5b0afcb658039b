import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  cacheDir,
  type Environment,
  type EnvironmentName,
  environmentNamed,
  requirementsFile,
} from "./environments.ts";
import { succeed } from "./run-program.ts";

/** Where an environment is, which depends on all that it is made of. */
export function folderOf(name: EnvironmentName): string {
  const { layers } = environmentNamed(name);
  const contents = [name, ...layers].map((place) => readFileSync(requirementsFile(place)));
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content).update("\0");
  return join(cacheDir(), `${name}-${hash.digest("hex").slice(0, 12)}`);
}

export function pythonOf(name: EnvironmentName): string {
  return join(folderOf(name), "bin", "python");
}

export function sitePackagesOf(name: EnvironmentName): string {
  return join(folderOf(name), "lib", "python3.11", "site-packages");
}

/** Makes a virtual environment with exactly the pinned versions, unless it is there from an earlier run. */
export async function makeEnvironment({ name, layers }: Environment, basePython: string): Promise<void> {
  const folder = folderOf(name);
  const done = join(folder, "complete");
  if (existsSync(done)) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(cacheDir(), { recursive: true });
  await succeed([basePython, "-m", "venv", folder]);
  if (layers.length > 0) {
    await writeFile(join(sitePackagesOf(name), "layers.pth"), `${layers.map(sitePackagesOf).join("\n")}\n`);
  }
  // Everything is pinned, so nothing is resolved: no package can bring another torch, or gigabytes for GPUs.
  const install = [pythonOf(name), "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"];
  await succeed([...install, "-r", requirementsFile(name)], { timeout: 20 * 60_000 });
  await writeFile(done, "");
}

const candidates = ["python3.11", "python3", "python"];

/** A Python of the version that the pins are for. */
export async function findPython(): Promise<string> {
  const given = process.env.PRELOAD_INTEROP_PYTHON;
  for (const candidate of given ? [given] : candidates) {
    const version = await succeed([candidate, "-c", "import sys; print(*sys.version_info[:2], sys.executable)"]).catch(
      () => "",
    );
    const [major, minor, ...path] = version.trim().split(" ");
    if (major === "3" && minor === "11") return path.join(" ");
  }
  throw new Error("Python 3.11 is needed, for which the versions are pinned. Name it in PRELOAD_INTEROP_PYTHON.");
}
