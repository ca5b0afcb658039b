import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { bin } from "./run.ts";

/**
 * Sees to it that a shell is there, installing Debian's where that is allowed. False when it is not to be had: a reason
 * to skip a test, but in CI, where nobody would notice, an error.
 */
export function hasShell(shell: string): boolean {
  if (isOnPath(shell)) return true;
  const isRoot = process.getuid?.() === 0;
  if (existsSync("/usr/bin/apt-get") && (isRoot || process.env.CI)) {
    const apt = [...(isRoot ? [] : ["sudo", "-n"]), "apt-get"];
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", shell]]) {
      try {
        const [program = "", ...rest] = [...apt, ...args];
        execFileSync(program, rest, { stdio: "ignore", timeout: 120_000 });
      } catch {
        break; // No network, or not allowed: looked at below.
      }
    }
  }
  if (isOnPath(shell)) return true;
  if (process.env.CI) throw new Error(`${shell} is needed here: apt-get install ${shell}`);
  return false;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
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
