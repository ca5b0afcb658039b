import { join } from "node:path";
import { type Config, PreloadError, readConfigText } from "@preload/core";
import { schemes } from "../fetchers.ts";
import type { Session } from "../session.ts";
import { type Edit, editConfig } from "./edit-config.ts";
import { textAt } from "./write-together.ts";

/** The config as a file that can be changed. */
export interface ConfigFile {
  readonly path: string;
  /** Undefined when there is none yet. */
  readonly before: string | undefined;
  readonly text: string;
  readonly config: Config;
}

const opening = "# The models of this project: `preload` fetches them, preload.lock says exactly which ones.\n";

/** The config that was found, or else one to be made where the command runs. */
export async function configFileOf({ config, machine }: Session): Promise<ConfigFile> {
  if (config.path !== undefined) {
    const text = (await textAt(config.path)) ?? "";
    return { path: config.path, before: text, text, config };
  }
  const path = join(machine.cwd, "preload.yaml");
  return { path, before: undefined, text: opening, config: await readAgain(opening, path) };
}

/** The file after these edits, read as it will be. @throws PreloadError `USAGE`, `BAD_CONFIG`; nothing is written */
export async function edited(file: ConfigFile, edits: readonly Edit[]): Promise<ConfigFile> {
  if (edits.length === 0) return file;
  const text = editConfig(file.text, file.path, edits);
  return { ...file, text, config: await readAgain(text, file.path) };
}

async function readAgain(text: string, path: string): Promise<Config> {
  const config = await readConfigText(text, path, schemes);
  if (config === undefined) throw new PreloadError("BAD_CONFIG", `${path} holds no config of preload`);
  return config;
}
