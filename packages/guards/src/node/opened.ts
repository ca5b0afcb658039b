import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { replace } from "./replace.ts";

/**
 * From here on, the path of each file below these folders that this thread opens to read is appended to the record, once.
 * What an addon opens by itself is not seen.
 */
export function recordOpened(record: string, folders: string): void {
  const append = fs.appendFileSync;
  const below = folders.split(delimiter).filter((folder) => folder !== "");
  const noted = new Set<string>();

  const note = (opened: unknown) => {
    const path = pathOf(opened);
    if (path === undefined || noted.has(path) || !below.some((folder) => path.startsWith(join(folder, "/")))) return;
    noted.add(path);
    append(record, `${JSON.stringify({ opened: path })}\n`, { mode: 0o600 });
  };
  const noting = (owner: object, name: string, isReading: (flags: unknown) => boolean) =>
    replace(owner, name, (original) => {
      return function opened(this: unknown, ...args) {
        try {
          if (isReading(args[1])) note(args[0]);
        } catch {
          // A full disk: the program is not to fail because it is looked at.
        }
        return original.apply(this, args);
      };
    });

  for (const owner of [fs, fs.promises]) {
    for (const name of ["open", "openSync"]) noting(owner, name, readsOnly);
    for (const name of ["readFile", "readFileSync"]) noting(owner, name, () => true);
  }
  // For those who import the functions by name.
  syncBuiltinESMExports();
}

function readsOnly(flags: unknown): boolean {
  if (typeof flags === "number") return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0;
  return typeof flags !== "string" || /^r?s?$/.test(flags);
}

function pathOf(opened: unknown): string | undefined {
  if (typeof opened === "string") return resolve(opened);
  if (opened instanceof URL) return opened.protocol === "file:" ? fileURLToPath(opened) : undefined;
  return Buffer.isBuffer(opened) ? resolve(opened.toString()) : undefined;
}
