import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { cutOff } from "./cut-off.ts";
import { cacheDir, type EnvironmentName, environments, interopDir } from "./environments.ts";
import { installImageTools } from "./image-tools.ts";
import { findPython, folderOf, makeEnvironment, pythonOf } from "./make-environment.ts";
import { succeed } from "./run-program.ts";

/** What is made before the first test, and found again by the next run. */
export interface Prepared {
  /** The words that cut a command off the network. */
  readonly cutOff: readonly string[];
  /** Models made with the libraries they are for. */
  readonly madeDir: string;
  /** A folder whose node_modules hold the clients from npm. */
  readonly nodeDir: string;
  /** Why something is not there, by its name. */
  readonly missing: Readonly<Record<string, string>>;
}

declare module "vitest" {
  export interface ProvidedContext {
    prepared: Prepared;
  }
}

/** Vitest calls it once, before everything else. */
export async function setup(project: TestProject): Promise<void> {
  const cut = await cutOff();
  const basePython = await findPython();
  const missing: Record<string, string> = {};
  for (const environment of environments) {
    try {
      await timed(environment.name, () => makeEnvironment(environment, basePython));
    } catch (error) {
      if (environment.required) throw error;
      missing[environment.name] = `it does not install: ${lastLine(error)}`;
    }
  }
  const nodeDir = await timed("node clients", makeNodeClients).catch((error: unknown) => {
    missing["node"] = `it does not install: ${lastLine(error)}`;
    return "";
  });
  const madeDir = await timed("models", () => makeModels(missing));
  const noImages = await timed("tools for images", installImageTools);
  if (noImages !== undefined) missing["images"] = noImages;
  for (const name of Object.keys(missing)) project.vitest.logger.log(`without ${name}: ${missing[name]}`);
  project.provide("prepared", { cutOff: cut, madeDir, nodeDir, missing });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 2) process.stderr.write(`made ${what} in ${seconds.toFixed(0)} s\n`);
  return result;
}

async function makeNodeClients(): Promise<string> {
  const source = join(interopDir, "node-clients");
  const folder = join(cacheDir(), `node-${hashOf([join(source, "package-lock.json")])}`);
  if (existsSync(join(folder, "complete"))) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(source, name), join(folder, name));
  // Without install scripts: those of onnxruntime-node fetch libraries for GPUs.
  await succeed(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, timeout: 10 * 60_000 });
  await writeFile(join(folder, "complete"), "");
  return folder;
}

/** Each script makes one kind of model, with the environment it is for. */
const makers: Readonly<Record<string, EnvironmentName>> = {
  "make_onnx.py": "newest",
  "make_pyannote.py": "newest",
  "make_spacy.py": "newest",
  "make_spacy37.py": "spacy37",
  "make_faster_whisper.py": "voice",
};

async function makeModels(missing: Readonly<Record<string, string>>): Promise<string> {
  const scripts = join(interopDir, "python", "models");
  const sources = readdirSync(scripts, { withFileTypes: true }).filter((entry) => entry.isFile());
  const places = Object.values(makers).map((name) => join(folderOf(name), "complete"));
  const folder = join(
    cacheDir(),
    `models-${hashOf(
      sources.map(({ name }) => join(scripts, name)),
      places,
    )}`,
  );
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const [script, environment] of Object.entries(makers)) {
    if (missing[environment] !== undefined) continue;
    await succeed([pythonOf(environment), join(scripts, script), unfinished], { timeout: 10 * 60_000 });
  }
  await rename(unfinished, folder);
  return folder;
}

function hashOf(files: readonly string[], words: readonly string[] = []): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return hash.update(words.join("\0")).digest("hex").slice(0, 12);
}

function lastLine(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error)
    .trim()
    .split("\n");
  return lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "";
}
