import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import type { SetupOptions } from "./options.ts";
import type { Preloaded } from "./preloaded.ts";
import { requireBy, type Skippable, stateOf } from "./require-model.ts";
import { say } from "./say.ts";
import { nameOf, vitestInside } from "./vitest-inside.ts";

export type { SetupOptions } from "./options.ts";
export type { Preloaded, PreloadedModel } from "./preloaded.ts";
export { preloaded } from "./run-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The models that are there: `inject("preload").models["hf:facebook/bart-base"]?.path`. */
    readonly preload: Preloaded;
  }
}

type GlobalSetup = (project: TestProject) => Promise<() => void>;

/**
 * A global set-up with options, for a file of the project's own:
 *
 *     export default preload({ profile: "test", network: "blocked" });
 */
export function preload(options: SetupOptions = {}): GlobalSetup {
  return async (project) => {
    const { beginRun } = await import("./begin-run.ts");
    const { config } = project;
    const run = await beginRun(options, { env: { ...process.env, ...config.env }, root: config.root, onLine: say });
    const before = { env: config.env, setupFiles: config.setupFiles };
    // For the workers alone: this process, in which other set-ups and plugins run, stays as it is.
    config.env = { ...config.env, ...run.variables };
    if (run.isWatched) {
      config.setupFiles = [...config.setupFiles, fileURLToPath(new URL("vitest-worker.js", import.meta.url))];
    }
    project.provide("preload", run.preloaded);
    return () => {
      Object.assign(config, before);
      const failure = run.failure();
      say(run.end());
      if (failure === undefined) return;
      say(failure);
      process.exitCode = 1;
    };
  };
}

/** For `globalSetup: ["@preload/test-setup/vitest"]`. */
export default preload();

/**
 * Gives the path of a model, in a test or a hook before it. Where it is not there, the test is skipped with the reason;
 * in CI, or with `require: true`, it fails. In a `describe`, or at the top of a file, it does that for every test there.
 *
 * A test that runs beside others (`test.concurrent`) passes its context, or another one might be skipped.
 */
export function requireModel(ref: string, context?: Skippable): string | undefined {
  const { beforeEach, currentTest } = vitestInside("requireModel");
  const test = currentTest();
  if (test) {
    const { skip } = context ?? test.context;
    return requireBy(ref, { test: nameOf(test), skip });
  }
  const state = stateOf(ref);
  if (state.type === "ready") return state.path;
  beforeEach((each) => void requireBy(ref, { test: nameOf(each.task), skip: each.skip }));
  return undefined;
}
