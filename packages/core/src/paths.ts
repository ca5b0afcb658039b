import { join, posix, sep } from "node:path";
import { PreloadError } from "./errors.ts";

// Reserved on Windows in every folder, with or without an extension.
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/**
 * Gives back a relative path that stays inside its folder, on every platform.
 * The rules of POSIX and of Windows both hold everywhere, as in huggingface_hub's own check.
 *
 * @throws PreloadError `BAD_ANSWER` naming the path
 */
export function safePath(path: string, platform: NodeJS.Platform = "linux"): string {
  const reason = whyUnsafe(path, platform);
  if (reason === undefined) return path;
  throw new PreloadError("BAD_ANSWER", `${JSON.stringify(path)} cannot be a file of a model: ${reason}`, {
    hint: "Nothing was written. Do not use this source.",
  });
}

function whyUnsafe(path: string, platform: NodeJS.Platform): string | undefined {
  const slashed = path.includes("\\") ? path.replaceAll("\\", "/") : path;
  if (path === "") return "it is empty";
  if (slashed.startsWith("/")) return "it is absolute";
  if (/^[a-z]:/i.test(path)) return "it names a drive";
  if (path.includes("\0")) return "it holds a NUL";
  if (/(^|\/)\.\.(\/|$)/.test(slashed)) return "it climbs out of its folder";
  if (/(^|\/)\.?(\/|$)/.test(slashed)) return "it has an empty part";
  if (platform !== "win32") return undefined;
  const segments = slashed.split("/");
  if (segments.some((segment) => reserved.test(segment))) return "Windows reserves that name";
  if (segments.some((segment) => /[<>:"|?*\p{Cc}]|[. ]$/u.test(segment))) return "Windows has no such names";
  return undefined;
}

/** Where a path of a manifest is in a directory. There may be thousands, and `join` looks at every character. */
export function placeOf(dir: string, path: string): string {
  return sep === "/" ? `${dir}/${path}` : join(dir, path);
}

/** What a link at `path` with this text points at, relative to the same root. */
export function targetOf(path: string, target: string): string {
  return posix.join(posix.dirname(path), target);
}
