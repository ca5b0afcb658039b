import { spawn } from "node:child_process";

export interface Ended {
  /** Null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** @default the process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** In milliseconds. @default 170000 */
  readonly timeout?: number;
}

/** Runs a program to its end. Whatever its exit code is, that is an answer. */
export function runProgram(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, env = process.env, timeout = 170_000 } = options;
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a program that has to succeed, and gives back what it printed. */
export async function succeed(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const ended = await runProgram(command, options);
  if (ended.code === 0) return ended.stdout;
  throw new Error(`${command.join(" ")} ended with ${ended.code}\n${lastLines(ended.stderr || ended.stdout)}`);
}

export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-30).join("\n");
}
