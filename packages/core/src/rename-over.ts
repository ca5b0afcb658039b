import { renameSync, rmdirSync } from "node:fs";
import { codeOf } from "./errors.ts";

/**
 * Gives a finished file its final name, also where an empty folder stands:
 * container runtimes make one in place of a file that they were told to mount and did not find.
 */
export async function renameOver(finished: string, final: string): Promise<void> {
  try {
    // Done in less time than it takes to wait for it.
    renameSync(finished, final);
  } catch (error) {
    if (!byFolder.has(codeOf(error) ?? "")) throw error;
    try {
      // Refuses when there is something in it, or when it is no folder.
      rmdirSync(final);
    } catch {
      throw error;
    }
    renameSync(finished, final);
  }
}

const byFolder = new Set(["EISDIR", "EEXIST", "ENOTEMPTY", "EPERM", "EACCES"]);
