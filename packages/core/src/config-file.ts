import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Config } from "./config.ts";
import { configText, isConfigThere, isOurs } from "./config-text.ts";
import { PreloadError } from "./errors.ts";
import { writeNote } from "./write-note.ts";

export interface LoadConfigOptions {
  /** Where the search starts; it walks up to the root of the repository. */
  readonly cwd: string;
  /** A file to use instead of a search. */
  readonly path?: string | undefined;
  /** The ecosystems whose sections the file may hold. */
  readonly schemes: readonly string[];
  /** Where a parsed file is kept, so that reading it again loads no parser. */
  readonly stateDir?: string | undefined;
  /**
   * What to do with a config that is a program: run it, or pass it over, for somebody who only wants to look.
   * @default "run"
   */
  readonly programs?: "run" | "skip";
}

const names = [
  "preload.yaml",
  "preload.yml",
  "preload.json",
  "preload.toml",
  "preload.config.ts",
  "preload.config.js",
  "preload.config.mjs",
  "package.json",
  "pyproject.toml",
] as const;

/**
 * Where the lock of a config is. One of another name, which somebody names on the command line, has a lock for itself:
 * it may stand beside the usual one, and each would drop the pins of the other.
 */
export function lockPathOf({ path, dir }: Pick<Config, "path" | "dir">): string {
  const name = path === undefined ? "" : basename(path);
  const isUsual = path === undefined || (names as readonly string[]).includes(name);
  return join(dir, isUsual ? "preload.lock" : `${name.replace(/\.[^.]+$/, "")}.preload.lock`);
}

/** Finds and reads the config. Undefined when there is none. @throws PreloadError `BAD_CONFIG` with file and line */
export async function loadConfig(options: LoadConfigOptions): Promise<Config | undefined> {
  const { cwd } = options;
  if (options.path !== undefined) {
    const path = resolve(cwd, options.path);
    const config = await read(path, options);
    if (!config) throw new PreloadError("BAD_CONFIG", `${path} holds no config of preload`);
    return config;
  }
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    for (const name of names) {
      if (!isConfigThere(join(dir, name))) continue;
      const config = await read(join(dir, name), options);
      if (config) return config;
    }
    if (existsSync(join(dir, ".git")) || dir === dirname(dir)) return undefined;
  }
}

/** Every place that was looked at until this config was found: a file in any of the others would have been another. */
export function consultedPaths(cwd: string, found: string): string[] {
  const consulted: string[] = [];
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    for (const name of names) {
      consulted.push(join(dir, name));
      if (join(dir, name) === found) return consulted;
    }
    if (dir === dirname(dir)) return [found];
    consulted.push(join(dir, ".git"));
  }
}

/** What a config of this text would mean, before it is written. @throws PreloadError `BAD_CONFIG` with file and line */
export async function readConfigText(
  text: string,
  path: string,
  schemes: readonly string[],
): Promise<Config | undefined> {
  const { parseConfig } = await import("./config-parse.ts");
  return parseConfig(text, path, schemes);
}

async function read(path: string, options: LoadConfigOptions): Promise<Config | undefined> {
  const text = configText(path, { named: options.path !== undefined });
  // Most of them say nothing about preload.
  if (!isOurs(path) && !text.includes("preload")) return undefined;
  if (/\.[cm]?[jt]s$/.test(path)) {
    if (options.programs === "skip") return undefined;
    const { parseProgram } = await import("./config-program.ts");
    return parseProgram(path, options.schemes);
  }
  const kept = keptPath(path, text, options);
  const known = kept && keptConfig(kept);
  if (known) return known;
  const { parseConfig } = await import("./config-parse.ts");
  const config = parseConfig(text, path, options.schemes);
  if (config && kept) keep(kept, config);
  return config;
}

// Raised when the meaning of a config changes, so that one parsed by an older version is not used.
const form = 1;

function keptPath(path: string, text: string, { stateDir, schemes }: LoadConfigOptions): string | undefined {
  // A password in an address stays where its owner has put it.
  if (stateDir === undefined || /:\/\/[^/\s"']*@/.test(text)) return undefined;
  const key = createHash("sha256")
    .update(JSON.stringify([form, path, schemes, text]))
    .digest("hex")
    .slice(0, 32);
  return join(stateDir, "configs", `${key}.json`);
}

function keptConfig(kept: string): Config | undefined {
  try {
    return JSON.parse(readFileSync(kept, "utf8")) as Config;
  } catch {
    return undefined; // Not kept, or not whole: parsing costs a moment.
  }
}

function keep(kept: string, config: Config): void {
  try {
    writeNote(kept, JSON.stringify(config));
  } catch {
    // A read-only state directory costs time on the next run, nothing else.
  }
}
