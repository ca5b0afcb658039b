import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Config, Machine } from "@preload/core";
import type { Flags } from "./flags.ts";

/** The environment that pipelines are for, if one was named: by `--python` relative to here, or by the config relative to it. */
export function pythonOf(flags: Flags, config: Config, machine: Machine): string | undefined {
  const { python } = config.sections.spacy ?? {};
  if (flags.python !== undefined) return pathOrCommand(flags.python, machine.cwd);
  return typeof python === "string" ? pathOrCommand(python, config.dir) : undefined;
}

/** `python3` is looked up on the PATH, unless a folder of that name is here. */
function pathOrCommand(text: string, from: string): string {
  const path = resolve(from, text);
  return /[\\/]/.test(text) || existsSync(path) ? path : text;
}
