import { appendFileSync, closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** One try to reach something that is not loopback. */
export interface Attempt {
  /** Who noticed: a guard in the program (`python`, `node`), or a recorder below it. */
  readonly by: "python" | "node" | "http" | "tls" | "dns" | "connection";
  /** The name as it was asked for, or the address where no name is known. */
  readonly host: string;
  readonly port?: number;
  /** Of HTTP, when it was seen. The path has no query: that may hold secrets. */
  readonly method?: string;
  readonly path?: string;
  /** The test that was running. */
  readonly test?: string;
  /** The guard let it through, since the test may. What is below the program may have refused it. */
  readonly allowed?: boolean;
  readonly pid?: number;
  /** The command line, shortened. */
  readonly program?: string;
  /** Who called, nearest first. */
  readonly stack?: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Lines longer than this could mix with those of other processes. */
const longestLine = 4000;

/** Appends one line in one write, so that the lines of several processes do not mix. */
export function appendAttempt(path: string, attempt: Attempt): void {
  appendFileSync(path, `${lineOf(attempt)}\n`);
}

/** Bytes. A program may write there what it likes: what is beyond is left out, and so is what is no attempt. */
const longestFile = 32 * 1024 ** 2;

/** What all recorders noted so far, in the order of their lines; nothing when nobody noted anything. A torn line is left out. */
export function readAttempts(path: string): Attempt[] {
  return textOf(path)
    .split("\n")
    .flatMap((line) => attemptIn(line));
}

/** The least useful goes first: the far end of the stack, then the ends of long texts. */
function lineOf(attempt: Attempt): string {
  const { stack = [], ...rest } = attempt;
  for (let frames = stack.length; frames > 0; frames -= 1) {
    const line = JSON.stringify({ ...rest, stack: stack.slice(0, frames) });
    if (isShort(line)) return line;
  }
  const line = [Number.POSITIVE_INFINITY, 600].map((length) => JSON.stringify(rest, cutTo(length))).find(isShort);
  return line ?? JSON.stringify(rest, cutTo(100));
}

function isShort(line: string): boolean {
  return Buffer.byteLength(line) <= longestLine;
}

function cutTo(length: number) {
  return (_: string, value: unknown) => (typeof value === "string" ? value.slice(0, length) : value);
}

function textOf(path: string): string {
  let file: number;
  try {
    // Not to wait for somebody to write into what is no file.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return "";
    const bytes = Buffer.alloc(Math.min(stat.size, longestFile));
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

function attemptIn(line: string): Attempt[] {
  if (!line.startsWith("{")) return [];
  try {
    const value: unknown = JSON.parse(line);
    return isAttempt(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isAttempt(value: unknown): value is Attempt {
  if (typeof value !== "object" || value === null) return false;
  const { by, host, at, port, pid, stack, ...rest } = value as Record<keyof Attempt, unknown>;
  const isNone = (one: unknown) => one === undefined;
  return (
    [by, host].every((one) => typeof one === "string") &&
    typeof at === "number" &&
    (isNone(rest.allowed) || typeof rest.allowed === "boolean") &&
    [port, pid].every((one) => isNone(one) || typeof one === "number") &&
    [rest.method, rest.path, rest.test, rest.program].every((one) => isNone(one) || typeof one === "string") &&
    (isNone(stack) || (Array.isArray(stack) && stack.every((frame) => typeof frame === "string")))
  );
}
