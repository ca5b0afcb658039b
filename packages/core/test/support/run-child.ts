import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { afterAll, onTestFinished } from "vitest";
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

const packageRoot = fileURLToPath(new URL("../..", import.meta.url));
// Within the package, from where its dependencies are found.
const folder = join(packageRoot, "node_modules", ".cache", `children-${process.pid}`);
let program: Promise<string> | undefined;

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Node runs no TypeScript by itself, and a loader in each of many processes takes longer than what they do. */
async function built(): Promise<string> {
  await build({
    entry: [join(packageRoot, "test", "support", "child.ts")],
    outDir: folder,
    format: "esm",
    target: "node20",
    config: false,
    silent: true,
    dts: false,
    skipNodeModulesBundle: true,
    esbuildOptions: (options) => {
      options.conditions = ["source"];
    },
  });
  return join(folder, "child.js");
}

/** Starts a process that does one job. It does not outlive the test. */
export async function startChild(job: Job, options: SpawnOptions = {}): Promise<Child> {
  program ??= built();
  const child = spawn(process.execPath, [await program, JSON.stringify(job)], {
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

export async function runChild(job: Job, options: SpawnOptions = {}): Promise<Report> {
  const { report } = await startChild(job, options);
  return report;
}
