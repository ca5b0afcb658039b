import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Attempt, guardVariables, readAttempts } from "../../src/index.ts";
import { folder } from "./folder.ts";

export const program = (name: string) => fileURLToPath(new URL(`../programs/${name}`, import.meta.url));

interface Options {
  readonly mode?: "block" | "record";
  readonly allow?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly attempts?: string;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly attempts: readonly Attempt[];
}

/** Runs a real program with the guards in it, and reads what they noted. */
export function runGuarded([command = "", ...args]: readonly string[], options: Options = {}): Outcome {
  const { mode = "block", allow, env: more = {}, attempts: path = attemptsFile() } = options;
  const env = { ...withoutTest(process.env), PYTHONDONTWRITEBYTECODE: "1", ...more };
  const guards = guardVariables({ env, mode, attempts: path, allow });
  const { stdout, stderr, status } = spawnSync(command, args, { env: { ...env, ...guards }, encoding: "utf8" });
  return { stdout, stderr, status, attempts: readAttempts(path) };
}

/** What runs these tests says of itself in the same variables. */
function withoutTest({ PRELOAD_TEST: _, PYTEST_CURRENT_TEST: __, NODE_OPTIONS: ___, ...env }: NodeJS.ProcessEnv) {
  return env;
}

export function attemptsFile(): string {
  return join(folder(), "attempts.jsonl");
}
