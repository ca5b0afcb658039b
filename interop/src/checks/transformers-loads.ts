import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { contentOf } from "@preload/core/testing";
import { commitAt } from "@preload/demo-origin";
import { expect } from "vitest";
import { askPython } from "../ask-client.ts";
import type { EnvironmentName } from "../environments.ts";
import type { World } from "../world.ts";

/** One `from_pretrained` of a tokenizer, a configuration and a model, and a sentence written with it. */
export interface Load {
  readonly id: string;
  /** The revision of the origin that it is. @default "main" */
  readonly at?: string;
  /** For all three. @default {} */
  readonly options?: { readonly revision?: string };
  /** For the model. @default {} */
  readonly modelOptions?: { readonly use_safetensors?: boolean };
}

/** transformers loads each, offline, and it is the model that was published, to the last weight. */
export async function transformersLoads(world: World, place: EnvironmentName, loads: readonly Load[]): Promise<void> {
  const published = loads.map(async (load) => [publishedName(load), caseOf({ id: await folderWith(world, load) })]);
  const cases = Object.fromEntries([
    ...(await Promise.all(published)),
    ...loads.map((load) => [JSON.stringify(load), caseOf(load)]),
  ]);
  const answers = await askPython<Record<string, object>>(world, place, "seq2seq.py", { cases }, { network: "none" });
  for (const load of loads) {
    const name = JSON.stringify(load);
    expect(answers[name], name).toHaveProperty("generated");
    expect(answers[name], name).toEqual(answers[publishedName(load)]);
  }
}

function publishedName({ id, at = "main" }: Load): string {
  return `published ${id} ${at}`;
}

function caseOf({ id, options = {}, modelOptions = {} }: Load): object {
  return { id, options, model_options: modelOptions };
}

/** The files of the origin as they are, in a folder. */
async function folderWith({ demo, home }: World, { id, at = "main" }: Load): Promise<string> {
  const repo = demo.catalog.repos.find((candidate) => candidate.id === id);
  const commit = repo && commitAt(repo, at);
  if (!commit) throw new Error(`the origin has no ${id} at ${at}`);
  const folder = join(home, "published", commit.sha);
  for (const { path, body } of commit.files.values()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contentOf(body));
  }
  return folder;
}
