import { posix, win32 } from "node:path";
import type { ClientEnvironment, Machine } from "@preload/core";
import { cacheDir } from "./cache-dir.ts";

/**
 * What makes whisper.load_model look into `dir`. Its one variable names the folder above `whisper`,
 * so for a directory of another name nothing can be set: the program has to pass `download_root`.
 */
export function clientEnvironment(dir: string, machine: Machine): ClientEnvironment {
  const { basename, dirname } = machine.platform === "win32" ? win32 : posix;
  const reachable = dir !== cacheDir(machine).dir && basename(dir) === "whisper";
  // Whisper has no switch for offline: it stays off the network when the file's digest is right.
  return { set: reachable ? { XDG_CACHE_HOME: dirname(dir) } : {}, prepend: {}, offline: {} };
}
