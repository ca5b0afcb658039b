import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const bin = process.env.PRELOAD_TEST_BIN ?? fileURLToPath(new URL("../../dist/bin.cjs", import.meta.url));

export interface Ran {
  /** As a shell would have it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: string;
  /** The words in front of it, which make it somebody else's. @default none */
  readonly as?: readonly string[];
}

/** Runs the bundled command line in a process of its own, with nothing of the caller's environment but the PATH. */
export async function run(args: readonly string[], { env = {}, cwd, input = "", as = [] }: RunOptions): Promise<Ran> {
  const [program = "", ...words] = [...as, process.execPath, bin, ...args];
  const child = spawn(program, words, { cwd, env: { PATH: process.env.PATH ?? "", ...env } });
  child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", (exitCode) => resolve(exitCode ?? -1));
  });
  return { code, stdout, stderr };
}

/** The variables of a user who has nothing but a home. */
export function homeEnv(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local", "share"),
    XDG_STATE_HOME: join(home, ".local", "state"),
    PRELOAD_STATE_DIR: join(home, "state"),
  };
}
