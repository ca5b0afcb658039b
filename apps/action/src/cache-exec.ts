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
  if (options.silent) return start(command, [...args, ...bounds], options);
  return told(command, [...args, ...bounds], options);
}

// What tar says where the machine, and no archive, is at fault; at the end of a line, where no name of an entry can stand.
const ofThisMachine =
  /: (No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes|Cannot exec: .+|Cannot fork: .+|Read-only file system|Cannot allocate memory)$/;

/** Runs it with what it complains of in the log, and with its reason in the error where that is this machine's. */
async function told(command: string, args: string[], options: ExecOptions): Promise<number> {
  let reason: string | undefined;
  const errline = (line: string) => {
    reason ??= ofThisMachine.exec(line)?.[1];
    info(harmless(line));
  };
  try {
    // In English, whatever the machine speaks.
    const env = { ...(options.env ?? process.env), LC_ALL: "C" } as Record<string, string>;
    return await start(command, args, { ...options, env, silent: true, listeners: { errline } });
  } catch (error) {
    if (reason === undefined) throw error;
    const why = reason.startsWith("Wrote only") ? `No space left on device (${reason})` : reason;
    throw new Error(`${why}, in ${process.env.GITHUB_WORKSPACE}`);
  }
}

// What tar reads at a time.
const record = 10_240;

function boundsOf({ into, most }: Unpacking): string[] {
  // The later folder holds. Whoever asks tar to end itself needs no program that is not there wherever tar is.
  const records = Math.ceil(most / record);
  return ["-C", into.replaceAll("\\", "/"), `--checkpoint=${records}`, "--checkpoint-action=exec=kill $PPID"];
}
