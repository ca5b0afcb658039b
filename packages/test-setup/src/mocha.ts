import { relative } from "node:path";
import { before } from "mocha";
import type { Run } from "./begin-run.ts";
import { nameTest } from "./name-test.ts";
import { NotReady } from "./not-ready.ts";
import type { SetupOptions } from "./options.ts";
import { requireBy, stateOf } from "./require-model.ts";
import { say } from "./say.ts";
import { noteSkip } from "./skips.ts";
import { withVariables } from "./with-variables.ts";

export type { SetupOptions } from "./options.ts";
export type { Preloaded, PreloadedModel } from "./preloaded.ts";
export { preloaded } from "./run-folder.ts";

/** What mocha takes from a file that it requires. */
export interface MochaPlugin {
  readonly mochaGlobalSetup: () => Promise<void>;
  readonly mochaGlobalTeardown: () => void;
  readonly mochaHooks: object;
}

/**
 * The same as this file gives mocha, with options, for a file of the project's own:
 *
 *     export const { mochaGlobalSetup, mochaGlobalTeardown, mochaHooks } = preload({ profile: "test" });
 */
export function preload(options: SetupOptions = {}): MochaPlugin {
  let run: Run | undefined;
  let restore = () => {};
  let unblock = () => {};
  let isTold = false;
  return {
    async mochaGlobalSetup() {
      const { beginRun } = await import("./begin-run.ts");
      run = await beginRun(options, { env: process.env, root: process.cwd(), onLine: say });
      restore = withVariables(process.env, run.variables);
    },
    mochaGlobalTeardown() {
      restore();
      const failure = isTold ? undefined : run?.failure();
      say(run?.end() ?? "");
      if (failure !== undefined) throw new NotReady(failure);
    },
    mochaHooks: {
      async beforeAll() {
        isRunning = true;
        const { blockHere } = await import("./watch-network.ts");
        unblock = blockHere();
      },
      beforeEach() {
        current = (this as Mocha.Context).currentTest;
        nameTest(current && nameOf(current));
      },
      afterEach() {
        current = undefined;
        nameTest(undefined);
      },
      afterAll() {
        isRunning = false;
        unblock();
        // Mocha 11 takes no notice of what a global tear-down throws. The workers of a parallel run have none to tell of.
        const failure = run?.failure();
        isTold = failure !== undefined;
        if (failure !== undefined) throw new NotReady(failure);
      },
    },
  };
}

// One process of mocha's runs one test at a time.
let current: Mocha.Test | undefined;
let isRunning = false;

export const { mochaGlobalSetup, mochaGlobalTeardown, mochaHooks } = preload();

/**
 * Gives the path of a model, in a test or a `beforeEach`. Where it is not there, the test is skipped; in CI, or with
 * `require: true`, it fails. In a `describe` it gives nothing, and does that for every test there, before other hooks.
 */
export function requireModel(ref: string): string | undefined {
  const test = current;
  if (test) return requireBy(ref, { test: nameOf(test), skip: () => test.skip() });
  if (isRunning) {
    throw new NotReady(
      `requireModel(${JSON.stringify(ref)}) stands in a \`before\` or \`after\`\n  In the describe itself, it holds for all of its tests.`,
    );
  }
  // Mocha reads the files of tests before its global set-up runs: what is there is not known yet.
  before(function () {
    requireForAll(ref, this);
  });
  return undefined;
}

/** For all tests of the describe whose `before` this is. */
function requireForAll(ref: string, context: Mocha.Context): void {
  const suite = context.test?.parent;
  if (suite === undefined || suite.root) {
    throw new NotReady(
      `requireModel(${JSON.stringify(ref)}) stands outside of every describe\n  There it would be for the tests of all files.`,
    );
  }
  const state = stateOf(ref);
  if (state.type === "ready") return;
  const { type, reason } = state;
  if (type === "refused") throw new NotReady(reason);
  suite.eachTest((test) => noteSkip(process.env.PRELOAD_RUN, { ref, test: nameOf(test), reason }));
  context.skip();
}

/** `test/sum.spec.js > sums > up` */
function nameOf(test: Mocha.Test): string {
  return [relative(process.cwd(), test.file ?? ""), ...test.titlePath()].join(" > ");
}
