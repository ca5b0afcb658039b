import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { PreloadError } from "@preload/core";

/**
 * The path of a file that a flag names, if it can be written. Found out before a command runs: after it, its result would be lost.
 * @throws PreloadError `USAGE`, `NOT_WRITABLE`
 */
export function writableFile(flag: string, path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PreloadError("USAGE", `${flag} ${path}: there is no folder ${folder}`, {
      hint: "Make it, or name another file. The command was not started.",
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PreloadError("USAGE", `${flag} ${path}: that is a folder`, { hint: "Name a file in it." });
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new PreloadError("NOT_WRITABLE", `${flag} ${path}: ${folder} cannot be written to`, { cause: error });
  }
  return path;
}
