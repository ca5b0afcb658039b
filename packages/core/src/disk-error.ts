import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { causeOf, codeOf, isMissing, PreloadError } from "./errors.ts";

/** Says what the disk refused, or gives the error back as it was when it is none of the disk's. */
export function diskError(error: unknown, path: string): unknown {
  if (error instanceof PreloadError) return error;
  const code = codeOf(error) === "ENOENT" ? whyNoFolder(error, path) : codeOf(error);
  const options = { cause: causeOf(error) };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new PreloadError("DISK_FULL", `${path} cannot be written: ${reasons[code]} (${code})`, {
        ...options,
        hint: "Free some space, or choose another place with --cache-root; what was fetched is kept and continued.",
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new PreloadError("NOT_WRITABLE", `${path} cannot be written: ${reasons[code]} (${code})`, {
        ...options,
        hint: "Check the owner and mode of the directory, or choose another one with --cache-root.",
      });
    case "EISDIR":
    case "ENOTEMPTY":
    case "ENOTDIR":
    case "EEXIST":
      return new PreloadError("CORRUPT", `${path} cannot be written: something else is in its place (${code})`, {
        ...options,
        hint: "Look at what is there and move it away.",
      });
    case "ENOENT":
      return new PreloadError("CORRUPT", `${path} cannot be written: its folder is not there (${code})`, {
        ...options,
        hint: "Another program may have removed it meanwhile; run the same command again.",
      });
    case "ENAMETOOLONG":
      return new PreloadError("NOT_WRITABLE", `${path} cannot be written: the name is too long (${code})`, {
        ...options,
        hint: "Choose a shorter directory with --cache-root.",
      });
    default:
      return error;
  }
}

const reasons = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "the file system has no files of this size",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

/** Node's mkdir says ENOENT for a folder that it may not make on a read-only file system (libuv 1.x, Node 20 to 24). */
function whyNoFolder(error: unknown, path: string): string | undefined {
  if ((error as NodeJS.ErrnoException).syscall !== "mkdir") return codeOf(error);
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      accessSync(above, constants.W_OK);
      return codeOf(error);
    } catch (refusal) {
      if (!isMissing(refusal) || above === dirname(above)) return codeOf(refusal);
    }
  }
}

/** Runs a piece of work on the disk, naming the path if the disk refuses. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, path);
  }
}
