import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotReady } from "./not-ready.ts";
import type { Preloaded } from "./preloaded.ts";

/**
 * What the set-up tells the processes in which tests run, and what they tell it:
 *
 *     run.json          written once, before any test
 *     skips.ndjson      a line for each test that was skipped for want of a model
 *     attempts.ndjson   a line for each try to reach another machine
 *
 * The variable PRELOAD_RUN names the folder.
 */
export interface RunFacts extends Preloaded {
  /** Optional models that could not be had, and why. */
  readonly absent: Readonly<Record<string, string>>;
  /** Whether a test whose model is not there fails. */
  readonly require: boolean;
  /** The program to ask about other models, and how. */
  readonly program: string;
  readonly cwd: string;
  readonly configArgs: readonly string[];
}

export function makeRunFolder(facts: RunFacts): string {
  const folder = mkdtempSync(join(tmpdir(), "preload-run-"));
  writeFileSync(join(folder, "run.json"), JSON.stringify(facts));
  return folder;
}

export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

const known = new Map<string, RunFacts>();

/** The facts of the run that this process is part of, or undefined when nothing was set up. */
export function runFacts(env: NodeJS.ProcessEnv = process.env): RunFacts | undefined {
  const folder = env.PRELOAD_RUN;
  if (folder === undefined || folder === "") return undefined;
  const facts = known.get(folder) ?? (JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as RunFacts);
  known.set(folder, facts);
  return facts;
}

/**
 * The models that the set-up has made ready, in the process of a test.
 * @throws NotReady when no set-up has run
 */
export function preloaded(): Preloaded {
  const facts = runFacts();
  if (facts) return { models: facts.models, environment: facts.environment };
  throw new NotReady(
    "no set-up has run before this test\n  Name @preload/test-setup in the runner's config: its README says where.",
  );
}
