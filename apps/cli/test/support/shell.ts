import { spawn } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isInstalled } from "./apt.ts";
import { bin } from "./run.ts";

/** False when a shell is not to be had: a reason to skip a test, but in CI, where nobody would notice, an error. */
export function hasShell(shell: string): boolean {
  if (isInstalled(shell)) return true;
  if (process.env.CI) throw new Error(`${shell} is needed here: apt-get install ${shell}`);
  return false;
}

/** A folder with a program `preload` in it, for the PATH of a shell. */
export async function preloadOnPath(root: string): Promise<string> {
  const folder = join(root, "bin");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "preload"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  await chmod(join(folder, "preload"), 0o755);
  return `${folder}${delimiter}${process.env.PATH}`;
}

export interface Terminal {
  /** Types keys, and waits until the terminal has shown what is expected. Gives back what it showed since the last time. */
  type(keys: string, expected: RegExp): Promise<string>;
  close(): void;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program in a terminal of its own, which util-linux's `script` makes. */
export function openTerminal(command: string, { cwd, env }: TerminalOptions): Terminal {
  const child = spawn("script", ["-qfec", command, "/dev/null"], { cwd, env: { TERM: "xterm", ...env } });
  let shown = "";
  let look = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    look();
  });
  return {
    type: (keys, expected) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`waited for ${expected}, saw ${JSON.stringify(shown)}`)),
          60_000,
        );
        look = () => {
          if (!expected.test(shown)) return;
          clearTimeout(timer);
          look = () => {};
          const text = shown;
          shown = "";
          resolve(text);
        };
        child.stdin.write(keys);
        look();
      }),
    close: () => child.kill("SIGKILL"),
  };
}
