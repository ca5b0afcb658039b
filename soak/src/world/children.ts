import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Manifest } from "@preload/core";

/** What a process of its own is to do: see `child.ts`. */
export interface Job {
  readonly manifest: Manifest;
  readonly dir: string;
  readonly stateDir?: string;
  readonly symlinks?: boolean;
}

export interface Report {
  readonly failure?: string;
  /** What the failure says to people. */
  readonly message?: string;
  readonly hint?: string;
  /** Bytes that came over the network. */
  readonly bytes?: number;
  readonly maxRss?: number;
}

interface Wait {
  readonly path: string;
  readonly pid?: number;
}

export interface Child {
  readonly process: ChildProcess;
  /** Whom it has waited for so far. */
  readonly waits: readonly Wait[];
  readonly report: Promise<Report>;
}

export interface Circumstances {
  /** A host of its own: another name, and nobody there can be asked whether he lives. */
  readonly host?: string;
  /** @default this one */
  readonly user?: number;
}

/** Starts a process that puts the manifest in place and tells how it went. */
export function startChild(job: Job, { host, user }: Circumstances = {}): Child {
  const program = fileURLToPath(new URL("child.js", import.meta.url));
  const command = [process.execPath, program, JSON.stringify(job)];
  const [file = "", ...args] =
    host === undefined ? command : [...elsewhere, "sh", "-c", 'hostname "$0"; exec "$@"', host, ...command];
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const waits: Wait[] = [];
  let report: Report | undefined;
  let rest = "";
  let err = "";
  child.stderr.on("data", (chunk) => (err += chunk));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((found) => JSON.parse(found) as { wait?: Wait; report?: Report })) {
      if (line.wait) waits.push(line.wait);
      report = line.report ?? report;
    }
  });
  const ended = new Promise<Report>((resolve) => {
    child.once("error", (error) => resolve({ failure: error.message }));
    child.once("close", () => resolve(report ?? { failure: `it said nothing ${err}`.trim() }));
  });
  return { process: child, waits, report: ended };
}

const elsewhere = [
  "unshare",
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--pid", "--uts", "--fork", "--kill-child", "--mount-proc"],
];

/** Why no other host can be played here; undefined when it can. */
export function whyNoOtherHost(): string | undefined {
  try {
    const [file = "", ...args] = elsewhere;
    execFileSync(file, [...args, "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this machine lets nobody have a set of process ids of his own";
  }
}
