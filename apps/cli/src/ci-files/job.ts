/** What the generated part of a CI's file says, whichever CI it is for. */
export interface Job {
  /** Runs a command of ours: `npx --yes @preload/cli@1.2.3 ci -p test`. */
  preload(command: string): string;
  /** What the calls above were told, for where they are not written as a command line. */
  readonly config: string | undefined;
  readonly profiles: readonly string[];
  readonly only: readonly string[];
  /** What the project is written in, and the version it wants. Our own command needs Node in any case. */
  readonly node: string;
  readonly python: string | undefined;
  /** Installs what the tests need besides models. */
  readonly setUp: readonly string[];
  /** What each of the tests is run with: one command, as a shell reads it. */
  readonly tests: readonly string[];
  /** The project's folder, seen from the root of the repository; `.` for the root itself. */
  readonly dir: string;
  /** The lock, seen from the root of the repository. */
  readonly lock: string;
  /** Whether a model of the lock is behind terms, and so wants a token. */
  readonly isGated: boolean;
  /** What the models of the lock take on a disk; 0 while there is no lock. */
  readonly bytes: number;
}

/** One CI: where its file is, and what stands in it. */
export interface Ci {
  /** Seen from the root of the repository. */
  readonly path: string;
  /** What a comment begins with. */
  readonly comment: "#" | "//";
  /** A new file around the generated part, of which nothing is looked at later. */
  around(part: string): string;
  /** The lines between the marks. */
  part(job: Job): string;
  /** How deep it stands in a new file. */
  readonly indent: number;
  /** Where a person puts the marks in a file of his own. */
  readonly place: string;
}

/** `exec` gives up nothing of the command's exit code, and what tries to leave is named. */
export function testLines(job: Job): string[] {
  return job.tests.map((test) => `${job.preload("exec --offline")} -- ${asOneCommand(test)}`);
}

// A pipe, a second command or a variable would belong to the shell around `exec`, and not to the command that it runs.
function asOneCommand(test: string): string {
  return /[|&;<>\n]|^\w+=/.test(test) ? `bash -c ${quoted(test)}` : test;
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A line of text as a YAML scalar. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z./$][\w ./:@+=$-]*$/.test(text) && !/:(\s|$)|\s$/.test(text) && !isWord(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

function isWord(text: string): boolean {
  return /^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
}

/** Lines, each this much deeper; empty ones stay empty. */
export function indented(text: string, spaces: number | string): string {
  const margin = typeof spaces === "number" ? " ".repeat(spaces) : spaces;
  return text.replace(/^(?=.)/gm, margin);
}
