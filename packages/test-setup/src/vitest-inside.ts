import type { beforeEach, RunnerTestCase } from "vitest";
import { NotReady } from "./not-ready.ts";

/** What vitest offers to tests. */
interface Inside {
  readonly beforeEach: typeof beforeEach;
  readonly currentTest: () => RunnerTestCase | undefined;
}

// Where the global set-up runs, vitest cannot be imported. Vitest 4.1 deprecates "vitest/suite", older ones have no other.
const inside: Inside | undefined = process.env.VITEST_WORKER_ID === undefined ? undefined : await load();

/** @throws NotReady where no tests run */
export function vitestInside(what: string): Inside {
  if (inside) return inside;
  throw new NotReady(`${what} is for tests, and no worker of vitest's runs here`);
}

/** `test/sum.test.ts > sums > up`, as vitest's own reports have it. */
export function nameOf(test: RunnerTestCase): string {
  const names: string[] = [];
  for (let task: { name: string; suite?: typeof task } | undefined = test; task; task = task.suite)
    names.unshift(task.name);
  return [test.file.name, ...names].join(" > ");
}

async function load(): Promise<Inside> {
  const vitest = await import("vitest");
  const { TestRunner = undefined } = vitest as Partial<typeof vitest>;
  const currentTest = TestRunner ? () => TestRunner.getCurrentTest() : (await import("vitest/suite")).getCurrentTest;
  return { beforeEach: vitest.beforeEach, currentTest };
}
