import { findModel } from "./find-model.ts";
import { NotReady } from "./not-ready.ts";
import { isCi } from "./options.ts";
import { runFacts } from "./run-folder.ts";
import { noteSkip } from "./skips.ts";

/** What can skip the test that runs: vitest's and node:test's context, mocha's `this`, a function of one's own. */
export interface Skippable {
  skip(reason?: string): unknown;
}

/** How a runner skips, and what it calls the test. */
export interface Way {
  readonly test: string;
  /** Leaves the test, in the runners where that can be done. */
  skip(reason: string): unknown;
}

/**
 * Gives the path of a model that a test needs. When it is not there, the test is skipped, and the reason told; in CI,
 * or with `require: true`, the test fails.
 *
 * The runners' own entries know which test is running. Here it has to be said: `requireModel("hf:…", t)`.
 *
 * @returns undefined when the test was skipped by something that does not leave it
 * @throws NotReady when the model is not there, and the test is not to be skipped, or cannot be
 */
export function requireModel(ref: string, test?: Skippable & { readonly name?: string }): string | undefined {
  return requireBy(ref, test && { test: test.name ?? "", skip: (reason) => test.skip(reason) });
}

export function requireBy(ref: string, way: Way | undefined): string | undefined {
  const state = stateOf(ref);
  if (state.type === "ready") return state.path;
  if (state.type === "refused" || way === undefined) throw new NotReady(state.reason);
  noteSkip(process.env.PRELOAD_RUN, { ref, test: way.test, reason: state.reason });
  way.skip(state.reason);
  return undefined;
}

/** What is to become of the tests that need a model. */
export type State =
  | { readonly type: "ready"; readonly path: string }
  | { readonly type: "skipped" | "refused"; readonly reason: string };

export function stateOf(ref: string): State {
  const found = findModel(ref);
  if ("path" in found) return { type: "ready", path: found.path };
  if (!(runFacts()?.require ?? isCi(process.env))) return { type: "skipped", reason: found.reason };
  return {
    type: "refused",
    reason: `${found.reason}\n  This test requires it, and in CI (or with \`require: true\`) that is no reason to skip.`,
  };
}
