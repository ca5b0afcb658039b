import { posix, win32 } from "node:path";
import type { Machine } from "@preload/core";

/** A directory, and the rule that chose it. */
export interface CacheDir {
  readonly dir: string;
  readonly rule: string;
}

/**
 * Where files lie that no client looks for by itself, below the folder that most model caches share:
 *
 *   XDG_CACHE_HOME, when it is absolute   <XDG_CACHE_HOME>/<folder>
 *   elsewhere, on every system            ~/.cache/<folder>
 */
export function inUserCache(machine: Machine, ...folder: readonly string[]): CacheDir {
  const { isAbsolute, join } = pathOf(machine);
  const { XDG_CACHE_HOME: xdg = "" } = machine.env;
  // The XDG specification: a relative path is invalid and counts as unset.
  if (isAbsolute(xdg)) return { dir: join(xdg, ...folder), rule: "XDG_CACHE_HOME" };
  return { dir: join(machine.home, ".cache", ...folder), rule: "default" };
}

/** A `~` in front, as Python's `expanduser` has it. Whose home `~ada` is only the system can tell. */
export function expandUser(path: string, machine: Machine): string {
  const isHome = machine.platform === "win32" ? /^~(?=$|[\\/])/ : /^~(?=$|\/)/;
  return path.replace(isHome, () => machine.home);
}

/** The path rules of the machine, which in a test is another one than that which runs. */
export function pathOf({ platform }: Pick<Machine, "platform">): typeof posix {
  return platform === "win32" ? win32 : posix;
}
