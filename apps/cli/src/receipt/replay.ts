import { fstatSync, readFileSync, statSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { stateDirOf } from "@preload/core";
import { appendLine } from "../runs/append-line.ts";
import { type Receipt, receiptPath, sightOf } from "./receipt.ts";

/**
 * Prints what the same command line printed the last time, if nothing that it depends on has changed since.
 * False when that is not so, or not known; nothing has been printed then.
 *
 * This runs before anything else is loaded, and takes less time than loading it would.
 */
export function replay(program: string, argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  try {
    const cwd = process.cwd();
    const home = resolve(homedir() || "/");
    const path = receiptPath(stateDirOf({ platform: process.platform, env, home }), argv, cwd);
    const receipt = JSON.parse(readFileSync(path, "utf8")) as Receipt;
    if (receipt.program !== program || !isTrue(receipt, argv, env, cwd) || isTerminal(1) || isTerminal(2)) return false;
    for (const [output, text] of receipt.printed) print(output, text);
    if (receipt.log) appendLine(receipt.log.path, `${beginning()}${receipt.log.line}`);
    return true;
  } catch {
    // None yet, or one that cannot be read: the ordinary way finds out everything by itself, faults included.
    return false;
  }
}

/** When this run began, and what it took. */
function beginning(): string {
  const at = new Date(performance.timeOrigin).toISOString();
  return `{"version":1,"at":"${at}","milliseconds":${Math.round(performance.now())},`;
}

function isTrue(receipt: Receipt, argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string): boolean {
  return (
    receipt.cwd === cwd &&
    receipt.argv.length === argv.length &&
    receipt.argv.every((word, index) => word === argv[index]) &&
    receipt.until > Date.now() &&
    Object.entries(receipt.env).every(([name, value]) => (env[name] ?? null) === value) &&
    receipt.sights.every(([path, itself, behind]) => {
      const now = sightOf(path);
      return now[1] === itself && now[2] === behind;
    })
  );
}

/** A terminal may be shown something else than a log. What loads `isatty` loads the network with it. */
function isTerminal(output: 1 | 2): boolean {
  const stats = fstatSync(output);
  return stats.isCharacterDevice() && stats.rdev !== statSync("/dev/null").rdev;
}

function print(output: 1 | 2, text: string): void {
  for (let rest = Buffer.from(text); rest.byteLength > 0; ) {
    try {
      rest = rest.subarray(writeSync(output, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A reader that has seen enough, as `head` does, is no error.
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      // A pipe that is full for the moment: streams know how to wait.
      (output === 1 ? process.stdout : process.stderr).on("error", () => {}).write(rest);
      return;
    }
  }
}
