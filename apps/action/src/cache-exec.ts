import { sep } from "node:path";
import { info } from "@actions/core";
import { type ExecOptions, exec as start } from "@actions/exec";
import { thisAttempt } from "./attempt.ts";
import { harmless } from "./runner.ts";

/** Where an archive is unpacked, and how much of it. */
export interface Unpacking {
  /** A folder that is there, and empty. */
  readonly into: string;
  /** In bytes, unpacked. What is packed small may be larger than any disk. */
  readonly most: number;
}

/**
 * What @actions/cache is given in place of @actions/exec when it is bundled: by itself it unpacks all archives into the same
 * folder, where one could put something into another's, takes a path apart that has spaces, and lets tar say anything at the
 * beginning of a line of the log.
 */
export async function exec(command: string, args: string[] = [], options: ExecOptions = {}): Promise<number> {
  const current = thisAttempt();
  // What it unpacks now would be unpacked without our bounds.
  if (current?.isOver) throw new Error("nobody waits for it any more");
  const { tool, words } = parted(command, process.env.GITHUB_WORKSPACE ?? "");
  const bounds = current?.unpacking !== undefined && words.includes("-xf") ? boundsOf(current.unpacking) : [];
  const all = [...words, ...args, ...bounds];
  return options.silent ? start(tool, all, options) : told(tool, all, options);
}

/** Its program, as @actions/exec wants it, and its words. The folder we work in is the one path in it that may hold anything. */
export function parted(command: string, folder: string): { readonly tool: string; readonly words: string[] } {
  const place = folder.replaceAll(sep, "/");
  const plain = place === "" ? command : command.replaceAll(place, "\0");
  const words = [...plain.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([word, quoted = word]) =>
    quoted.replaceAll("\0", place),
  );
  return { tool: `"${words[0] ?? ""}"`, words: words.slice(1) };
}

/** Runs it with what it complains of in the log, and with its reason in the error where that is this machine's. */
async function told(command: string, args: string[], options: ExecOptions): Promise<number> {
  let reason: string | undefined;
  const errline = (line: string) => {
    reason ??= reasonOfMachine(line);
    info(harmless(line));
  };
  try {
    // In English, whatever the machine speaks.
    const env = { ...(options.env ?? process.env), LC_ALL: "C" } as Record<string, string>;
    return await start(command, args, { ...options, env, silent: true, listeners: { errline } });
  } catch (error) {
    if (reason === undefined) throw error;
    throw new Error(reason);
  }
}

/** What tar says where the machine, and no archive, is at fault; at an end of a line where no name of an entry can stand. */
function reasonOfMachine(line: string): string | undefined {
  const [, program, why] =
    /: ([\w.-]+): Cannot exec: (.+)$/.exec(line) ??
    /^\S*sh: (?:line )?\d+: ([\w.-]+): (?:command )?(not found)$/.exec(line) ??
    [];
  if (program !== undefined) return `${program} cannot be started (${why})`;
  const [, fault] = /: (Cannot fork: .+|Cannot allocate memory)$/.exec(line) ?? [];
  if (fault !== undefined) return fault;
  const [, disk] =
    /: (No space left on device|Disk quota exceeded|Read-only file system|Wrote only \d+ of \d+ bytes)$/.exec(line) ??
    [];
  if (disk === undefined) return undefined;
  const what = disk.startsWith("Wrote only") ? `No space left on device (${disk})` : disk;
  return `${what}, in ${process.env.GITHUB_WORKSPACE}`;
}

// What tar reads at a time.
const record = 10_240;

function boundsOf({ into, most }: Unpacking): string[] {
  // The later folder holds. Whoever asks tar to end itself needs no program that is not there wherever tar is.
  const records = Math.ceil(most / record);
  return ["-C", into.replaceAll(sep, "/"), `--checkpoint=${records}`, "--checkpoint-action=exec=kill $PPID"];
}
