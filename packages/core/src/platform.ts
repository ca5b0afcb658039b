import { homedir } from "node:os";
import { resolve } from "node:path";

/**
 * What a directory rule depends on, as values: the command line passes the process's own, a test any other.
 */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home directory as Python's `expanduser("~")` has it. */
  readonly home: string;
  /** What relative paths are relative to. */
  readonly cwd: string;
}

/** The process's own machine. For the edge of a program: the command line, and functions that build a fetcher. */
export function thisMachine(): Machine {
  // An empty HOME is the root for Python, and a relative one is relative to where the program runs.
  return { platform: process.platform, env: process.env, home: resolve(homeDir() || "/"), cwd: process.cwd() };
}

/** A user that is only a number, in a container without HOME, has none; whoever runs containers sets `/` then. */
function homeDir(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}
