import { createRequire } from "node:module";
import { relative } from "node:path";
import { NotReady } from "./not-ready.ts";
import type { SetupOptions } from "./options.ts";
import { stateOf } from "./require-model.ts";
import { say } from "./say.ts";
import { noteSkip } from "./skips.ts";

export type { SetupOptions } from "./options.ts";
export type { Preloaded, PreloadedModel } from "./preloaded.ts";
export { preloaded } from "./run-folder.ts";

type GlobalSetup = (globalConfig: unknown, projectConfig: { readonly rootDir: string }) => Promise<void>;

/**
 * A global set-up with options, for a file of the project's own:
 *
 *     export default preload({ profile: "test", network: "blocked" });
 */
export function preload(options: SetupOptions = {}): GlobalSetup {
  return async (_, { rootDir }) => {
    // Not before it is needed: Jest's own loader, which loads this file in tests, cannot load what this leads to.
    const [{ beginRun }, { runInJest }] = await Promise.all([import("./begin-run.ts"), import("./jest-run.ts")]);
    runInJest.begin(await beginRun(options, { env: process.env, root: rootDir, onLine: say }));
  };
}

/**
 * Gives the path of a model. Throws where it is not there, on every machine: Jest cannot skip a test that runs.
 * A test that may be skipped is written with `testWithModel`.
 */
export function requireModel(ref: string): string {
  const state = stateOf(ref);
  if (state.type === "ready") return state.path;
  const why = state.type === "skipped" ? "\n  Jest cannot skip a test that runs: write it with testWithModel." : "";
  throw new NotReady(`${state.reason}${why}`);
}

/**
 * A test that needs a model, and is given its path. Where it is not there, the test is skipped; in CI, or with
 * `require: true`, it fails.
 */
export function testWithModel(ref: string, name: string, run: (path: string) => unknown, timeout?: number): void {
  const { test, expect } = createRequire(import.meta.url)("@jest/globals") as JestGlobals;
  const state = stateOf(ref);
  if (state.type === "ready") {
    test(name, () => run(state.path), timeout);
  } else if (state.type === "refused") {
    test(name, () => {
      throw new NotReady(state.reason);
    });
  } else {
    const file = relative(process.cwd(), expect.getState().testPath ?? "");
    noteSkip(process.env.PRELOAD_RUN, { ref, test: `${file} > ${name}`, reason: state.reason });
    test.skip(name, () => {});
  }
}

/** What is used of Jest's own. */
interface JestGlobals {
  readonly test: Declare & { readonly skip: Declare };
  readonly expect: { getState(): { readonly testPath?: string } };
}

type Declare = (name: string, run: () => unknown, timeout?: number) => void;
