import { posix, win32 } from "node:path";
import type { Machine } from "@preload/core";

/** A directory for sys.path, and the rule that chose it. */
export interface ImportRoot {
  readonly dir: string;
  readonly rule: string;
}

/**
 * Where pipelines are kept for all environments of a user. spaCy never looks there by itself:
 * the directory has to be on PYTHONPATH, or in a `.pth` file.
 *
 *   XDG_DATA_HOME, when it is absolute   <XDG_DATA_HOME>/spacy
 *   Windows                              <LOCALAPPDATA>\spacy
 *   elsewhere, macOS too                 ~/.local/share/spacy
 *
 * The same line in a CI cache step then holds for Linux and macOS.
 */
export function importRoot(machine: Machine): ImportRoot {
  const { isAbsolute, join } = pathOf(machine);
  const { XDG_DATA_HOME: xdg = "", LOCALAPPDATA: local = "" } = machine.env;
  // The XDG specification: a relative path is invalid and counts as unset.
  if (isAbsolute(xdg)) return { dir: join(xdg, "spacy"), rule: "XDG_DATA_HOME" };
  if (machine.platform !== "win32") return { dir: join(machine.home, ".local", "share", "spacy"), rule: "default" };
  if (isAbsolute(local)) return { dir: join(local, "spacy"), rule: "LOCALAPPDATA" };
  return { dir: join(machine.home, "AppData", "Local", "spacy"), rule: "default" };
}

/** The path rules of the machine, which in a test is another one than that which runs. */
export function pathOf(machine: Pick<Machine, "platform">): typeof posix {
  return machine.platform === "win32" ? win32 : posix;
}
