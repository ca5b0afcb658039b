import { dirname } from "node:path";
import { test as base, type FullConfig } from "@playwright/test";
import { nameTest } from "./name-test.ts";
import { NotReady } from "./not-ready.ts";
import type { SetupOptions } from "./options.ts";
import type { Preloaded } from "./preloaded.ts";
import { requireBy, stateOf } from "./require-model.ts";
import { preloaded } from "./run-folder.ts";
import { say } from "./say.ts";
import { withVariables } from "./with-variables.ts";

export type { SetupOptions } from "./options.ts";
export type { Preloaded, PreloadedModel } from "./preloaded.ts";
export { preloaded } from "./run-folder.ts";

type GlobalSetup = (config: FullConfig) => Promise<() => void>;

/**
 * A global set-up with options, for a file of the project's own:
 *
 *     export default preload({ profile: "test", network: "blocked" });
 */
export function preload(options: SetupOptions = {}): GlobalSetup {
  return async ({ configFile, rootDir }) => {
    const { beginRun } = await import("./begin-run.ts");
    const root = configFile === undefined ? rootDir : dirname(configFile);
    const run = await beginRun(options, { env: process.env, root, onLine: say });
    const restore = withVariables(process.env, run.variables);
    return () => {
      restore();
      const failure = run.failure();
      say(run.end());
      if (failure !== undefined) throw new NotReady(failure);
    };
  };
}

/** For `globalSetup: "@preload/test-setup/playwright"`. */
export default preload();

/**
 * Gives the path of a model, in a test or a hook. Where it is not there, the test is skipped with the reason; in CI, or
 * with `require: true`, it fails. In a `describe`, or at the top of a file, it does that for every test there.
 */
export function requireModel(ref: string): string | undefined {
  if (isInTest()) return requireHere(ref);
  const state = stateOf(ref);
  if (state.type === "ready") return state.path;
  base.beforeEach(() => void requireHere(ref));
  return undefined;
}

/**
 * Playwright's `test`, whose tests are named in what is told of the network, with the models as a fixture:
 *
 *     test("reads", ({ preload }) => { preload.models["hf:facebook/bart-base"]?.path … });
 */
export const test = base.extend<{ namedForPreload: undefined }, { preload: Preloaded }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
  preload: [async ({}, use) => use(preloaded()), { scope: "worker" }],
  namedForPreload: [
    // biome-ignore lint/correctness/noEmptyPattern: the same
    async ({}, use) => {
      nameTest(nameHere());
      await use(undefined);
      nameTest(undefined);
    },
    { auto: true },
  ],
});

function requireHere(ref: string): string | undefined {
  return requireBy(ref, { test: nameHere(), skip: (reason) => base.skip(true, reason) });
}

function nameHere(): string {
  return base.info().titlePath.join(" > ");
}

function isInTest(): boolean {
  try {
    base.info();
    return true;
  } catch {
    // That is how Playwright says no.
    return false;
  }
}
