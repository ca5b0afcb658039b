import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, type Machine, PreloadError, thisMachine } from "@preload/core";
import { spacyInventory } from "./inventory.ts";
import { sitePackagesOf } from "./site-packages.ts";

const fileName = "preload-spacy.pth";

/** What a `.pth` file says to have Python import from a directory: its path, in a line. */
export function pthLine(dir: string): string {
  if (/[\r\n]/.test(dir)) throw new PreloadError("BAD_CONFIG", `${JSON.stringify(dir)} does not fit into a .pth file`);
  return `${dir}\n`;
}

/**
 * Makes an environment's Python import from `dir`, which must be absolute:
 * `<site-packages>/preload-spacy.pth` holds it afterwards. Gives back that file's path.
 */
export async function writePth(venv: string, dir: string, machine: Machine = thisMachine()): Promise<string> {
  const path = join(sitePackagesOf(venv, machine).dir, fileName);
  const line = pthLine(dir);
  if ((await textOf(path)) === line) return path;
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, line, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new PreloadError("NOT_WRITABLE", `${path} cannot be written`, { cause: error });
  }
  return path;
}

export interface ClearPthOptions {
  /** It goes whatever it leads to. @default false */
  readonly isNeedless?: boolean;
  readonly machine?: Machine;
}

/**
 * Removes what `writePth` wrote, unless it leads to a directory that still holds a pipeline. Gives back its path if it
 * was removed.
 */
export async function clearPth(venv: string, options: ClearPthOptions = {}): Promise<string | undefined> {
  const { isNeedless = false, machine = thisMachine() } = options;
  const path = join(sitePackagesOf(venv, machine).dir, fileName);
  const line = await textOf(path);
  if (line === undefined) return undefined;
  if (!isNeedless && spacyInventory(line.trimEnd()).length > 0) return undefined;
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new PreloadError("NOT_WRITABLE", `${path} cannot be removed`, { cause: error });
  }
  return path;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
