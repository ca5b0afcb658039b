import { isUtf8 } from "node:buffer";
import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { codeOf, isMissing, PreloadError } from "./errors.ts";

/** Reading YAML of this size takes seconds, and its memory is a thousand times as much; thousands of models fit in. */
const mostBytes = 2_000_000;

/** Whether a file of this name is preload's own. The other two belong to others, who say something about preload in them, or not. */
export function isOurs(path: string): boolean {
  return !["package.json", "pyproject.toml"].includes(basename(path));
}

/** A link that leads nowhere is a config that is lost, and not none: without one, other models would be fetched. */
export function isConfigThere(path: string): boolean {
  if (existsSync(path)) return true;
  try {
    return isOurs(path) && lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * The text of a config. A path that somebody named may be a pipe, as in `--config <(generate)`; one that was found may not,
 * since nobody might ever write into it.
 *
 * @throws PreloadError `BAD_CONFIG` for what cannot be read, is no text, or far too much of it
 */
export function configText(path: string, { named }: { named: boolean }): string {
  const bytes = bytesAt(path, named);
  if (bytes.byteLength > mostBytes && isOurs(path)) {
    throw new PreloadError("BAD_CONFIG", `${path} has ${bytes.byteLength} bytes; a config has ${mostBytes} at most`);
  }
  // Text of two bytes for each letter may pass for UTF-8, but for its zeros.
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new PreloadError("BAD_CONFIG", `${path} is not text in UTF-8`, { hint: "Save it as UTF-8." });
  }
  return bytes.toString("utf8");
}

function bytesAt(path: string, named: boolean): Buffer {
  try {
    const found = statSync(path);
    if (!named && !found.isFile() && !found.isDirectory()) {
      throw new PreloadError("BAD_CONFIG", `${path} is neither a file nor a link to one`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof PreloadError) throw error;
    if (!isMissing(error)) throw new PreloadError("BAD_CONFIG", `${path} cannot be read (${codeOf(error)})`);
    throw new PreloadError(
      "BAD_CONFIG",
      `${path} ${named ? "does not exist" : "is a link to something that does not exist"}`,
    );
  }
}
