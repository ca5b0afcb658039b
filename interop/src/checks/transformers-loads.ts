import { join } from "node:path";
import { expect } from "vitest";
import { askPython } from "../ask-client.ts";
import { type EnvironmentName, interopDir } from "../environments.ts";
import type { World } from "../world.ts";

/** One `from_pretrained` of a tokenizer, a configuration and a model, and a sentence written with it. */
export interface Load {
  readonly id: string;
  /** For all three. @default {} */
  readonly options?: { readonly revision?: string };
  /** For the model. @default {} */
  readonly modelOptions?: { readonly use_safetensors?: boolean };
}

const fixtures = join(interopDir, "../packages/demo-origin/fixtures/hub");

/** transformers loads each, offline, and it is the model that was published, to the last weight. */
export async function transformersLoads(world: World, place: EnvironmentName, loads: readonly Load[]): Promise<void> {
  const published = new Set(loads.map(({ id }) => id));
  const cases = Object.fromEntries([
    ...loads.map((load) => [nameOf(load), caseOf(load)]),
    ...[...published].map((id) => [`published ${id}`, caseOf({ id: join(fixtures, id.split("/").at(-1) ?? "") })]),
  ]);
  const answers = await askPython<Record<string, object>>(world, place, "seq2seq.py", { cases }, { network: "none" });
  for (const load of loads) {
    expect(answers[nameOf(load)], nameOf(load)).toEqual(answers[`published ${load.id}`]);
    expect(answers[nameOf(load)], nameOf(load)).toHaveProperty("generated");
  }
}

function nameOf(load: Load): string {
  return JSON.stringify(load);
}

function caseOf({ id, options = {}, modelOptions = {} }: Load): object {
  return { id, options, model_options: modelOptions };
}
