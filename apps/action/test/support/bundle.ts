import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundle } from "../../scripts/bundle.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    /** The action in one file, as its sources are now. */
    action: string;
  }
}

let dir: string | undefined;

/** Puts the action together once for all tests, in a folder of its own: nothing beside the one file is there. */
export async function setup(project: TestProject): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), "preload-action-"));
  const { "index.js": text } = await bundle();
  await writeFile(join(dir, "index.js"), text);
  // As beside the committed one: what Node takes a file of this name for is said by a package.json above it.
  await writeFile(join(dir, "package.json"), '{ "type": "module" }');
  project.provide("action", join(dir, "index.js"));
}

export async function teardown(): Promise<void> {
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
}
