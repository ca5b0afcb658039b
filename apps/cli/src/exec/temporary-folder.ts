import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { codeOf, PreloadError } from "@preload/core";

/** A folder that nobody else may look into, for as long as a command runs. @throws PreloadError `NOT_WRITABLE` */
export function temporaryFolder(parent: string, prefix: string): string {
  try {
    return mkdtempSync(join(parent, prefix));
  } catch (error) {
    throw new PreloadError("NOT_WRITABLE", `${parent} takes no temporary files (${codeOf(error)})`, {
      hint: "Set TMPDIR to a folder that is there and may be written to.",
      cause: error,
    });
  }
}
