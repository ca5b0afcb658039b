import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** This package's folder. The built program runs in `dist`. */
export const packageDir: string = fileURLToPath(new URL("..", import.meta.url));

export const rootDir: string = join(packageDir, "..");

/** What is made once and kept: bytes to serve, the Python environment. On a disk, since tmpfs behaves otherwise. */
export function cacheDir(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "preload-bench");
}

/** What a run writes. */
export function runDir(): string {
  return join(cacheDir(), "run");
}

/** What runs wrote and nobody needs any more, deleted when all of them are done. */
export function asideDir(): string {
  return join(cacheDir(), "aside");
}
