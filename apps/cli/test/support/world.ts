import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { type Catalog, type DemoOrigin, demoConfig, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { homeEnv, type Ran, run } from "./run.ts";

/** A user with a home, a project, and a demo origin to fetch from. */
export interface World {
  readonly demo: DemoOrigin;
  readonly home: string;
  /** Holds `preload.yaml`, unless the world was made without one. */
  readonly project: string;
  readonly hub: string;
  readonly whisper: string;
  readonly spacy: string;
  readonly env: Readonly<Record<string, string>>;
  preload(args: readonly string[], more?: { env?: Readonly<Record<string, string>>; input?: string }): Promise<Ran>;
}

export interface WorldOptions {
  /** The text of `preload.yaml`, or `none`. @default the demo's own */
  readonly config?: string | ((demo: DemoOrigin) => string);
  readonly env?: Readonly<Record<string, string>>;
  /** @default the demo's own */
  readonly catalog?: Catalog;
}

export async function world({ config = demoConfig, env: more = {}, catalog }: WorldOptions = {}): Promise<World> {
  const demo = await startDemoOrigin(catalog ? { catalog } : {});
  onTestFinished(() => demo.close());
  const root = await tempDir();
  const home = join(root, "home");
  const project = join(root, "project");
  await Promise.all([mkdir(home), mkdir(project)]);
  await mkdir(join(project, ".git"));
  if (config !== "none") {
    await writeFile(join(project, "preload.yaml"), typeof config === "string" ? config : config(demo));
  }
  const { hf, whisper, spacy, url, tiktoken, nltk, torch } = demo.endpoints;
  const env = {
    ...homeEnv(home),
    PRELOAD_HF_ENDPOINT: hf,
    PRELOAD_WHISPER_ENDPOINT: whisper,
    PRELOAD_SPACY_ENDPOINT: spacy,
    PRELOAD_URL_ENDPOINT: url,
    PRELOAD_TIKTOKEN_ENDPOINT: tiktoken,
    PRELOAD_NLTK_ENDPOINT: nltk,
    PRELOAD_TORCH_ENDPOINT: torch,
    ...more,
  };
  return {
    demo,
    home,
    project,
    hub: join(home, ".cache", "huggingface", "hub"),
    whisper: join(home, ".cache", "whisper"),
    spacy: join(home, ".local", "share", "spacy"),
    env,
    preload: (args, { env: extra = {}, input = "" } = {}) =>
      run(args, { cwd: project, env: { ...env, ...extra }, input }),
  };
}
