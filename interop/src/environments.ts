import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A Python environment with exact versions. */
export interface Environment {
  readonly name: EnvironmentName;
  /** Those it lies on, the nearest first: their packages are there unless it has its own. */
  readonly layers: readonly EnvironmentName[];
  /** Without it the suite cannot say what it is for; another one that does not install is a skip with a reason. */
  readonly required: boolean;
}

export type EnvironmentName =
  | "torch"
  | "newest"
  | "hub1"
  | "older"
  | "spacy37"
  | "voice"
  | "files"
  | "minilm"
  | "pytest7"
  | "pytest8"
  | "pytest9"
  | "suite"
  | "reports";

/** In the order in which they are made. */
export const environments: readonly Environment[] = [
  { name: "torch", layers: [], required: true },
  { name: "newest", layers: ["torch"], required: true },
  { name: "hub1", layers: ["newest", "torch"], required: true },
  { name: "older", layers: ["torch"], required: true },
  { name: "spacy37", layers: [], required: false },
  { name: "voice", layers: ["newest", "torch"], required: false },
  { name: "files", layers: ["newest", "torch"], required: false },
  { name: "minilm", layers: [], required: false },
  { name: "pytest7", layers: [], required: true },
  { name: "pytest8", layers: [], required: true },
  { name: "pytest9", layers: [], required: true },
  { name: "suite", layers: ["newest", "torch"], required: true },
  { name: "reports", layers: [], required: true },
];

export const interopDir: string = fileURLToPath(new URL("..", import.meta.url));

/** Where environments and made models are kept between runs. */
export function cacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "preload-interop");
}

export function requirementsFile(name: EnvironmentName): string {
  return join(interopDir, "requirements", `${name}.txt`);
}

/** The version of a package in an environment, as its requirements pin it. */
export function pinned(name: EnvironmentName, distribution: string): string {
  const { layers } = environmentNamed(name);
  for (const place of [name, ...layers]) {
    const pin = readFileSync(requirementsFile(place), "utf8")
      .split("\n")
      .find((line) => normal(line.split("==")[0] ?? "") === normal(distribution));
    if (pin !== undefined) return pin.split("==")[1] ?? "";
  }
  throw new Error(`${distribution} is not pinned in requirements/${name}.txt`);
}

export function environmentNamed(name: EnvironmentName): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (!found) throw new Error(`there is no environment ${name}`);
  return found;
}

function normal(distribution: string): string {
  return distribution.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
