import { posix, win32 } from "node:path";
import type { Machine } from "@preload/core";

/** A directory, and the rule that chose it. */
export interface CacheDir {
  readonly dir: string;
  readonly rule: string;
}

/**
 * Where whisper.load_model looks when it is given no download_root:
 *
 *   os.path.join(os.getenv("XDG_CACHE_HOME", <home>/.cache), "whisper")
 *
 * Read as Python reads it: a `~` in the variable is a folder of that name, and a variable
 * that is set but empty leaves `whisper`, relative to wherever the client runs.
 */
export function cacheDir(machine: Machine): CacheDir {
  const { join, resolve } = machine.platform === "win32" ? win32 : posix;
  const xdg = machine.env.XDG_CACHE_HOME;
  if (xdg === undefined) return { dir: join(machine.home, ".cache", "whisper"), rule: "default" };
  const dir = resolve(machine.cwd, join(xdg, "whisper"));
  return { dir, rule: xdg === "" ? "XDG_CACHE_HOME (set, but empty)" : "XDG_CACHE_HOME" };
}
