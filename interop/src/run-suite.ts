import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { type EnvironmentName, interopDir } from "./environments.ts";
import { pythonOf } from "./make-environment.ts";
import { type Ended, runProgram } from "./run-program.ts";
import { bin } from "./world.ts";

/** What a run of pytest made of the tests of a suite. */
export interface SuiteRun extends Ended {
  /** `passed`, `failed`, `error`, or `skipped`, by the name of the test. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** The plugin's lines at the end of the run. */
  readonly summary: string;
}

export interface SuiteOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Words before the command. @default none */
  readonly before?: readonly string[];
  /** @default a new folder, into which the suite is copied */
  readonly cwd?: string;
}

/** The folder from which a Python finds the plugin, as it is in the published package. */
export const pluginDir: string = join(dirname(bin), "python");

/** Copies a suite of `python/suites` into a folder of its own. */
export async function copySuite(suite: string): Promise<string> {
  const folder = join(await tempDir(), "project");
  await mkdir(folder);
  await cp(join(interopDir, "python/suites", suite), folder, { recursive: true });
  return folder;
}

/** Runs pytest on a suite of `python/suites`, with the plugin at hand. */
export async function runSuite(place: EnvironmentName, suite: string, options: SuiteOptions = {}): Promise<SuiteRun> {
  const { args = [], env = {}, before = [], cwd = await copySuite(suite) } = options;
  const report = join(cwd, "report.xml");
  const pytest = [pythonOf(place), "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers"];
  const ended = await runProgram([...before, ...pytest, `--junitxml=${report}`, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: dirname(cwd),
      LANG: "C.UTF-8",
      PYTHONPATH: pluginDir,
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
  });
  const [, summary = ""] = /=+ preload =+\n([\s\S]*?)(?=^=+ )/m.exec(ended.stdout) ?? [];
  return { ...ended, outcomes: outcomesIn(await readFile(report, "utf8").catch(() => "")), summary };
}

/** The last word of a report counts: of a test that was run again there are several. */
function outcomesIn(junit: string): Record<string, string> {
  const cases = [...junit.matchAll(/<testcase [^>]*? name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)];
  const outcomes: Record<string, string> = {};
  for (const [, name = "", body = ""] of cases) {
    const [, word = "passed"] = /<(failure|error|skipped)\b/.exec(body) ?? [];
    const outcome = word === "failure" ? "failed" : word;
    if (outcomes[name] === undefined || outcome !== "passed") outcomes[name] = outcome;
  }
  return outcomes;
}
