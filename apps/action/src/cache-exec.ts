import { AsyncLocalStorage } from "node:async_hooks";
import { info } from "@actions/core";
import { type ExecOptions, exec as start } from "@actions/exec";
import { harmless } from "./runner.ts";

/** Where an archive is unpacked, and how much of it. */
export interface Unpacking {
  /** A folder that is there, and empty. */
  readonly into: string;
  /** In bytes, unpacked. What is packed small may be larger than any disk. */
  readonly most: number;
}

const unpacking = new AsyncLocalStorage<Unpacking>();

/** Runs a piece of work of @actions/cache; what it unpacks meanwhile goes into one folder, and ends where it is too much. */
export function unpackingInto<T>(where: Unpacking, work: () => Promise<T>): Promise<T> {
  return unpacking.run(where, work);
}

/**
 * What @actions/cache is given in place of @actions/exec when it is bundled: by itself it unpacks all archives into the same
 * folder, where one could put something into another's, and lets tar say anything at the beginning of a line of the log.
 */
export function exec(command: string, args: string[] = [], options: ExecOptions = {}): Promise<number> {
  const where = unpacking.getStore();
  const bounds = where !== undefined && / -xf /.test(command) ? boundsOf(where) : [];
  const listeners = options.silent ? options.listeners : { errline: (line: string) => info(harmless(line)) };
  return start(command, [...args, ...bounds], { ...options, silent: true, ...(listeners ? { listeners } : {}) });
}

// What tar reads at a time.
const record = 10_240;

function boundsOf({ into, most }: Unpacking): string[] {
  // The later folder holds. Whoever asks tar to end itself needs no program that is not there wherever tar is.
  const records = Math.ceil(most / record);
  return ["-C", into.replaceAll("\\", "/"), `--checkpoint=${records}`, "--checkpoint-action=exec=kill $PPID"];
}
