import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { bundle } from "../../scripts/bundle.mjs";

/** The cache of the action by itself, with what it puts in place of parts of @actions/cache, as in the one file. */
export async function cacheModule(): Promise<typeof import("../../src/cache.ts")> {
  const path = join(await tempDir(), "cache.mjs");
  const { "index.js": text } = await bundle("src/cache.ts");
  await writeFile(path, text);
  return import(path);
}
