import { copyFileSync, linkSync } from "node:fs";
import { codeOf } from "@preload/core";

/** Gives a file a second name, or a copy one where there are no hard links between the two. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!withoutLinks.has(codeOf(error) ?? "")) throw error;
    copyFileSync(from, to);
  }
}

// Another disk, a file system without hard links, somebody else's file, too many links to it.
const withoutLinks = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);
