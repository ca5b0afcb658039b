import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, type SpacyRelease, spacyRelease } from "@preload/demo-origin";
import { inject } from "vitest";
import { askPython } from "../ask-client.ts";
import { type World, world } from "../world.ts";

export const pipelineName = "en_core_web_sm";

export interface Loaded {
  readonly version: string;
  readonly entities: readonly (readonly [string, string])[];
  readonly distribution: unknown;
  readonly files: unknown;
  readonly installed: boolean;
  readonly entry_points: readonly string[];
}

export interface LoadOptions {
  /** Loads from there. @default by name */
  readonly path?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default the environment's own */
  readonly python?: string;
}

/** What spaCy makes of the pipeline, offline, and what it finds in a sentence. */
export function spacyLoads(here: World, place: "newest" | "spacy37", options: LoadOptions): Promise<Loaded> {
  const { path = "", ...rest } = options;
  const question = { name: pipelineName, path, text: "Ada Lovelace lived in London." };
  return askPython(here, place, "spacy_loads.py", question, { network: "none", ...rest });
}

/** An origin with releases of one pipeline: trained by spaCy, and packed by its own packager, as Explosion does. */
export function withPipelines(...others: SpacyRelease[]): Promise<World> {
  const { missing } = inject("prepared");
  const old = missing["spacy37"] === undefined ? [release("3.7.1", "3.7")] : [];
  const spacy = [release("3.8.0", "3.8"), release("3.8.1", "3.8"), ...old, ...others];
  const catalog: Catalog = { repos: [], whisper: [], spacy, tokens: {} };
  return world(catalog);
}

function release(version: string, key: string): SpacyRelease {
  const file = `${pipelineName}-${version}-py3-none-any.whl`;
  const wheel = readFileSync(join(inject("prepared").madeDir, "spacy", file));
  return spacyRelease({ name: pipelineName, version, wheel, spacyKeys: [key] });
}
