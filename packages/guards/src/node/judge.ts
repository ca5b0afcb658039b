import { type Attempt, appendAttempt } from "../attempt.ts";
import { isLocal, place } from "./hosts.ts";
import { callers, type Trace } from "./stack.ts";
import type { Settings } from "./workers.ts";

/** What a program is about to ask of the network. */
export interface Try {
  readonly host: string;
  readonly port?: number;
  readonly method?: string;
  readonly path?: string;
  readonly trace?: Trace;
}

/** Why it must not go on; nothing when it may. */
export type Judge = (tried: Try, options?: { readonly isNoted: boolean }) => Error | undefined;

type Listener = (attempt: Attempt) => void;

/** One list, though the guard may be loaded twice: in front of the program, and by it. */
const shared = globalThis as { [key: symbol]: Set<Listener> | undefined };
const key = Symbol.for("preload.guards.listeners");
shared[key] ??= new Set();
const listeners = shared[key];

/** Tells of every attempt that this process makes from now on, while it is guarded. Returns what ends it. */
export function onAttempt(listener: (attempt: Attempt) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function judgeBy({ mode, attempts, allow = [] }: Settings): Judge {
  const allowed = new Set(allow.map((host) => host.toLowerCase()));
  return (tried, { isNoted } = { isNoted: true }) => {
    const host = tried.host.toLowerCase();
    if (isLocal(host) || allowed.has(host) || allowed.has(place({ host, port: tried.port }))) return undefined;
    if (isNoted) note(attemptOf(tried), attempts);
    return mode === "block" ? blocked(tried) : undefined;
  };
}

/** The error of a program that was refused. Its code is `ERR_PRELOAD_BLOCKED`. */
function blocked(tried: Try): Error {
  const { host, port } = tried;
  const message =
    `${place(tried)} is not loopback, and the network is blocked. ` +
    "If it is a model: preload add it, and load it by the name and revision that were added.";
  return Object.assign(new Error(message), { code: "ERR_PRELOAD_BLOCKED", host, port });
}

function attemptOf({ trace, ...tried }: Try): Attempt {
  const { PRELOAD_TEST, PYTEST_CURRENT_TEST } = process.env;
  return {
    by: "node",
    ...tried,
    test: PRELOAD_TEST ?? PYTEST_CURRENT_TEST?.replace(/ \(\w+\)$/, ""),
    pid: process.pid,
    program: ["node", ...process.execArgv, ...process.argv.slice(1)]
      .join(" ")
      .replace(`${process.cwd()}/`, "")
      .slice(0, 200),
    stack: callers(trace),
    at: Date.now(),
  };
}

function note(attempt: Attempt, attempts: string | undefined): void {
  for (const listener of listeners) listener(attempt);
  if (attempts === undefined) return;
  try {
    appendAttempt(attempts, attempt);
  } catch {
    // A full disk, a folder that is gone: a program is not to fail because it is looked at.
  }
}
