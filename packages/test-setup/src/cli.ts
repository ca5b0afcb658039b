import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { NotReady } from "./not-ready.ts";

/** What a run of the command line said. */
export interface Said {
  /** As a shell would have it, or the signal that ended it. */
  readonly exit: number | NodeJS.Signals;
  /** The document that it printed; undefined when it did not come so far. */
  readonly document: unknown;
  /** What it said of errors, for people. */
  readonly errors: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The program of `@preload/cli`, as the project has it installed.
 * @throws NotReady when it is not installed
 */
export function findCli(cwd: string): string {
  // The project's own, or else the one that came with us.
  for (const from of [join(resolve(cwd), "package.json"), import.meta.filename ?? __filename]) {
    try {
      return join(dirname(createRequire(from).resolve("@preload/cli/package.json")), "dist", "bin.cjs");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new NotReady(`@preload/cli is not installed in ${cwd}\n  npm install --save-dev @preload/cli`);
}

/** Runs it, and passes on each line it says on the way, but for errors. */
export async function runCli(
  program: string,
  args: readonly string[],
  { cwd, env, onLine = () => {} }: RunOptions & { readonly onLine?: (line: string) => void },
): Promise<Said> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: plainEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => child.kill();
  process.once("exit", stop);
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (errors.length > 0 || line.startsWith("error ")) errors.push(line);
    // A line for each model that has been there all along is nothing to read before every run of the tests.
    else if (!line.endsWith("already there")) onLine(line);
  });
  const exit = await new Promise<Said["exit"]>((settle, reject) => {
    child.once("error", reject).once("close", (code, signal) => settle(signal ?? code ?? 1));
  }).finally(() => process.off("exit", stop));
  return { exit, document: documentIn(stdout), errors: errors.join("\n") };
}

/** The same, while everything else waits: a test can only be skipped by the function that runs it. */
export function runCliSync(program: string, args: readonly string[], { cwd, env }: RunOptions): Said {
  const options = { cwd, env: plainEnv(env), encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [program, ...args], options);
  if (error) throw error;
  return { exit: signal ?? status ?? 1, document: documentIn(stdout), errors: stderr.trimEnd() };
}

/** Without colours, which runners ask for on behalf of their own outputs. */
function plainEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...rest } = env;
  return { ...rest, NO_COLOR: "1" };
}

function documentIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
