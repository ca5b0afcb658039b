import { spawn } from "node:child_process";
import { join } from "node:path";
import type { DemoOrigin } from "@preload/demo-origin";
import type { Io } from "../io.ts";

/** Where the demo takes place. */
export interface Stage {
  /** The project's folder; the caches lie inside. */
  readonly dir: string;
  readonly demo: DemoOrigin;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Where the results of the commands go. */
  readonly resultsTo: "stdout" | "stderr";
}

export interface Played {
  readonly exitCode: number;
  /** As the server counted them. */
  readonly requests: number;
  readonly bytesSent: number;
}

/** Runs a command line as anybody would, in a process of its own that prints for itself. */
export async function play(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  stage: Stage,
): Promise<Played> {
  const { dir, demo, io } = stage;
  demo.origin.clear();
  const exitCode = await exitOf(argv, { ...surroundings(io.env, dir), ...env }, stage);
  return { exitCode, requests: demo.origin.requests.length, bytesSent: demo.origin.bytesSent };
}

function exitOf(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { dir: cwd, signal, resultsTo }: Stage,
): Promise<number> {
  // The same program that is running now.
  const [, program = ""] = process.argv;
  const child = spawn(process.execPath, [program, ...argv], {
    cwd,
    env,
    stdio: ["inherit", resultsTo === "stdout" ? 1 : 2, "inherit"],
  });
  signal.addEventListener("abort", () => child.kill(), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** The environment without what would lead elsewhere: caches, tokens, mirrors and proxies of the real machine. */
function surroundings(env: Io["env"], dir: string): Record<string, string> {
  const foreign = /^(HF_|HUGGING|TRANSFORMERS_|PRELOAD_|XDG_|VIRTUAL_ENV$)|_proxy$/i;
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !foreign.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PRELOAD_CACHE_ROOT: join(dir, "models"),
    PRELOAD_STATE_DIR: join(dir, "state"),
  };
}
