import { spawnSync } from "node:child_process";
import { findProgram, type Place, systemDirs, whyNotStarted } from "./programs.ts";

/**
 * The words that run a command so that the kernel tells it to end when we are killed, which nobody can catch. Where nothing
 * can do that, they are the command's own.
 */
export function boundToUs(command: string, args: readonly string[], place: Place): [string, ...string[]] {
  // What cannot be started is told by who tries to.
  const setpriv = whyNotStarted(command, place) === undefined ? findProgram("setpriv", place, systemDirs) : undefined;
  const words = ["--pdeathsig", "TERM", "--"];
  // Busybox has one of its own, which cannot.
  if (setpriv === undefined || spawnSync(setpriv, [...words, "true"]).status !== 0) return [command, ...args];
  return [setpriv, ...words, command, ...args];
}
