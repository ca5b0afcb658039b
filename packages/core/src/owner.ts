import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Who holds a claim: `<place>-<pid>-<start>`. The place is this boot of this machine and its set of process ids,
 * so that a process in another container or on another host is never mistaken for a dead one of ours.
 */
export type Owner = string;

let own: Owner | undefined;

export function thisProcess(): Owner {
  own ??= `${place()}-${process.pid}-${startOf(process.pid) ?? 0}`;
  return own;
}

// Not from zero: without /proc, two processes in containers that share a volume may have the same name.
let drafts = Math.floor(Math.random() * 2 ** 32);

/** A name beside `path` for a draft of it: of this process, and of no other work that it does. */
export function draftOf(path: string): string {
  drafts += 1;
  return `${path}.${thisProcess()}.${drafts}.tmp`;
}

/** Who writes or wrote a draft, by its name or path. Undefined for what is none. */
export function writerOf(draft: string): Owner | undefined {
  return /\.([0-9a-f]{8}-\d+-\d+)\.\d+\.tmp$/.exec(draft)?.[1];
}

export type Life = "alive" | "dead" | "elsewhere";

/** Only a process that is provably gone counts as dead: its bytes may be taken over. */
export function lifeOf(owner: Owner): Life {
  const found = /^([0-9a-f]{8})-(\d+)-(\d+)$/.exec(owner);
  if (!found || found[1] !== place()) return "elsewhere";
  const pid = Number(found[2]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "dead";
  }
  const start = startOf(pid);
  return start !== undefined && found[3] !== "0" && start !== Number(found[3]) ? "dead" : "alive";
}

/** The process id in an owner's name, for messages. */
export function pidOf(owner: Owner): number | undefined {
  const found = /^[0-9a-f]{8}-(\d+)-/.exec(owner);
  return found ? Number(found[1]) : undefined;
}

let here: string | undefined;

function place(): string {
  here ??= createHash("sha256")
    .update([hostname(), ...facts.map((read) => quietly(read))].join("\n"))
    .digest("hex")
    .slice(0, 8);
  return here;
}

const facts = [() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), () => readlinkSync("/proc/self/ns/pid")];

let seesItself: boolean | undefined;

/**
 * When the process started, in clock ticks since boot: a process id may be given out again. Linux only, and not where /proc
 * tells of another set of processes, as after `unshare --pid`: there our numbers are somebody else's.
 */
function startOf(pid: number): number | undefined {
  seesItself ??= quietly(() => readlinkSync("/proc/self")) === String(process.pid);
  if (!seesItself) return undefined;
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The second field is the name in parentheses and may itself hold spaces and parentheses.
  const start = text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  return start === undefined ? undefined : Number(start);
}

function quietly(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined; // Not Linux, or no such process.
  }
}
