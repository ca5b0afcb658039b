import { rmSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty directory. It is gone when the vitest test ends, elsewhere when the process does. */
export async function tempDir(): Promise<string> {
  // The real path, since macOS has /tmp behind a link and clients print what it leads to.
  const dir = await realpath(await mkdtemp(join(tmpdir(), "preload-")));
  if (!(await removeAfterTest(dir))) process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function removeAfterTest(dir: string): Promise<boolean> {
  if (process.env.VITEST === undefined) return false;
  // A name in a variable keeps vitest out of bundles.
  const name = "vitest";
  const { onTestFinished } = (await import(name)) as typeof import("vitest");
  try {
    onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
    return true;
  } catch {
    // Called outside of a test, for example in beforeAll.
    return false;
  }
}
