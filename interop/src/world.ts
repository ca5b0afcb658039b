import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { type Catalog, type DemoOrigin, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { interopDir } from "./environments.ts";
import { type Ended, lastLines, runProgram } from "./run-program.ts";

/** An origin, and a person's home beside it, with every cache where its client looks by itself. */
export interface World {
  readonly demo: DemoOrigin;
  readonly home: string;
  /** The variables of that person's shell. */
  readonly env: NodeJS.ProcessEnv;
  readonly hub: string;
  readonly whisper: string;
  readonly spacy: string;
  /** Runs the ordinary command line against the origin. */
  preload(args: readonly string[], options?: PreloadOptions): Promise<Ended>;
  /** The same, which has to succeed. Gives back what it printed. */
  preloaded(args: readonly string[], options?: PreloadOptions): Promise<string>;
}

interface PreloadOptions {
  /** The text of a `preload.yaml`. @default none */
  readonly config?: string;
}

/** A new home, and an origin that ends with the test. */
export async function world(catalog: Catalog): Promise<World> {
  const demo = await startDemoOrigin({ catalog });
  onTestFinished(() => demo.close());
  return homeAt(demo);
}

/** Another home at the same origin. */
export async function homeAt(demo: DemoOrigin): Promise<World> {
  const home = await tempDir();
  const env = { HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8", NO_COLOR: "1" };
  const preload = async (args: readonly string[], { config }: PreloadOptions = {}): Promise<Ended> => {
    const cwd = join(home, "project");
    await mkdir(cwd, { recursive: true });
    const inline = config === undefined ? [] : ["--config", await written(join(cwd, "preload.yaml"), config)];
    const endpoints = Object.entries(demo.endpoints).flatMap(([name, url]) => ["--endpoint", `${name}=${url}`]);
    return runProgram([process.execPath, bin, ...args, ...inline, ...endpoints], { cwd, env });
  };
  return {
    demo,
    home,
    env,
    hub: join(home, ".cache/huggingface/hub"),
    whisper: join(home, ".cache/whisper"),
    spacy: join(home, ".local/share/spacy"),
    preload,
    async preloaded(args, options) {
      const { code, stdout, stderr } = await preload(args, options);
      if (code !== 0) throw new Error(`preload ${args.join(" ")} ended with ${code}\n${lastLines(stderr)}`);
      return stdout;
    },
  };
}

// As it is published: the bundle, run by node.
export const bin: string = process.env.PRELOAD_INTEROP_BIN ?? join(interopDir, "../apps/cli/dist/bin.cjs");

async function written(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}
