import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Manifest, MaterializeEvent, Outcome, Problem } from "../../src/index.ts";

/** What a process of its own is to do. */
export interface Job {
  readonly act: "materialize" | "check";
  readonly manifest: Manifest;
  readonly dir: string;
  readonly stateDir?: string;
  readonly symlinks?: boolean;
  readonly concurrency?: number;
  readonly stallTimeout?: number;
}

/** What it said when it was done. */
export interface Report {
  readonly outcome?: Outcome;
  readonly problems?: readonly Problem[];
  readonly error?: { readonly code?: string; readonly message: string; readonly hint?: string };
  readonly events: readonly MaterializeEvent[];
  /** Kilobytes of memory at the most. */
  readonly maxRss: number;
}

export interface Child {
  readonly process: ChildProcess;
  readonly report: Promise<Report>;
  /** Ends it as a crash or an impatient person does, and resolves when it is gone. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL("child.ts", import.meta.url));
const packageRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a process that does one job. It does not outlive the test. */
export function startChild(job: Job, options: SpawnOptions = {}): Child {
  const child = spawn(process.execPath, ["--import", "jiti/register", program, JSON.stringify(job)], {
    cwd: packageRoot,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
    env: { ...process.env, VITEST: undefined, ...options.env },
  });
  const output = { out: "", err: "" };
  child.stdout?.on("data", (chunk) => (output.out += chunk));
  child.stderr?.on("data", (chunk) => (output.err += chunk));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const report = ended.then((): Report => {
    if (output.err !== "" || output.out === "") throw new Error(`the child said: ${output.err || "nothing"}`);
    return JSON.parse(output.out);
  });
  // A child that is killed says nothing, and nobody waits for it.
  report.catch(() => {});
  return {
    process: child,
    report,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export function runChild(job: Job, options: SpawnOptions = {}): Promise<Report> {
  return startChild(job, options).report;
}
