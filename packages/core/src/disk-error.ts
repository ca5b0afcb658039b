import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { causeOf, codeOf, PreloadError } from "./errors.ts";

/**
 * Says what the disk refused, or gives the error back as it was when it is none of the disk's.
 * `setting` is what names another place.
 */
export function diskError(error: unknown, path: string, setting = defaultSetting): unknown {
  if (error instanceof PreloadError) return error;
  const code = codeOf(error);
  const folder = unmadeFolder(error);
  const what = folder === undefined ? `${path} cannot be written` : `${folder} cannot be made`;
  const options = { cause: causeOf(error) };
  const kept = setting === defaultSetting ? "; what was fetched is kept and continued" : "";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new PreloadError("DISK_FULL", `${what}: ${reasons[code]} (${code})`, {
        ...options,
        hint: `Free some space, or choose another place with ${setting}${kept}.`,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new PreloadError("NOT_WRITABLE", `${what}: ${reasons[code]} (${code})`, {
        ...options,
        hint: `Check the owner and mode of the directory, or choose another one with ${setting}.`,
      });
    case "EISDIR":
    case "ENOTEMPTY":
    case "ENOTDIR":
    case "EEXIST":
      return new PreloadError("CORRUPT", `${what}: something else is in its place (${code})`, {
        ...options,
        hint: "Look at what is there and move it away.",
      });
    case "ENOENT":
      if (folder !== undefined && existsSync(dirname(folder))) {
        return new PreloadError("NOT_WRITABLE", `${what}: ${dirname(folder)} takes no folders (${code})`, {
          ...options,
          hint: `Choose another place with ${setting}.`,
        });
      }
      return new PreloadError("CORRUPT", `${what}: its folder is not there (${code})`, {
        ...options,
        hint: "Another program may have removed it meanwhile; run the same command again.",
      });
    case "ENAMETOOLONG":
      return new PreloadError("NOT_WRITABLE", `${what}: the name is too long (${code})`, {
        ...options,
        hint: `Choose a shorter directory with ${setting}.`,
      });
    case "EIO":
    case "ESTALE":
    case "ETIMEDOUT":
      return new PreloadError("NOT_WRITABLE", `${path} cannot be written: ${reasons[code]} (${code})`, {
        ...options,
        hint: `Look at the disk, or at the connection to the one that is shared${kept}.`,
      });
    case "EMFILE":
    case "ENFILE":
      return new PreloadError("NOT_WRITABLE", `${path} cannot be written: ${reasons[code]} (${code})`, {
        ...options,
        hint: `Allow more with \`ulimit -n\`, or fetch fewer at once with --concurrency${kept}.`,
      });
    default:
      return error;
  }
}

// What is put there is continued by the next run; what lies elsewhere is made anew.
const defaultSetting = "--cache-root";

const reasons = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "the file system has no files of this size",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  EIO: "the disk reports a fault",
  ESTALE: "the shared disk has forgotten it",
  ETIMEDOUT: "the shared disk does not answer",
  EMFILE: "this process has too many files open",
  ENFILE: "the system has too many files open",
};

/** The folder that could not be made, when that is what failed. */
function unmadeFolder(error: unknown): string | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall === "mkdir" ? path : undefined;
}

/** Runs a piece of work on the disk, naming the path if the disk refuses. */
export async function onDisk<T>(path: string, work: () => Promise<T>, setting?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, path, setting);
  }
}
