import { closeSync, openSync, renameSync, statSync, unlinkSync, utimesSync, writeSync } from "node:fs";
import { codeOf, isMissing } from "./errors.ts";
import { textAt } from "./maybe-there.ts";
import { lifeOf, type Owner, thisProcess } from "./owner.ts";
import { pause } from "./retry.ts";

/**
 * A lease saves bandwidth: of several processes that want the same bytes, one fetches and the others wait.
 * Nothing is wrong without it, because every process writes a file of its own and renames it into place.
 */
export interface Lease {
  release(): void;
}

export interface LeaseOptions {
  /** True as soon as there is nothing left to do. */
  readonly isDone: () => boolean;
  readonly onWait?: (owner: Owner) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a sign of a holder that we cannot look at, after which it counts as gone. @default 60000 */
  readonly silence?: number;
}

const heartbeat = 5_000;

/** Takes the lease at `path`, waiting for a living holder. Undefined when the work was done meanwhile. */
export async function takeLease(path: string, options: LeaseOptions): Promise<Lease | undefined> {
  const { silence = 60_000 } = options;
  let waitsFor: Owner | undefined;
  /** The last sign of life that we saw, and when by our own clock, which nobody sets. */
  let sign: { at: number | undefined; seen: number } = { at: undefined, seen: performance.now() };
  for (let wait = 20; ; wait = Math.min(wait * 1.5, 500)) {
    if (created(path)) return hold(path);
    if (options.isDone()) return undefined;
    const owner = textAt(path);
    if (owner === undefined) continue;
    const at = modified(path);
    if (owner !== waitsFor || sign.at !== at) sign = { at, seen: performance.now() };
    if (isAbandoned(owner, at, silence, performance.now() - sign.seen)) {
      breakLease(path, owner);
      continue;
    }
    if (owner !== waitsFor) options.onWait?.(owner);
    waitsFor = owner;
    await pause(wait, options.signal);
  }
}

function created(path: string): boolean {
  try {
    const file = openSync(path, "wx");
    try {
      writeSync(file, thisProcess());
    } catch (error) {
      // On a full disk. One that names nobody would be waited for.
      remove(path);
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function hold(path: string): Lease {
  const timer = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Gone, or taken over by someone who thought us dead: what we write is still our own.
    }
  }, heartbeat);
  timer.unref();
  return {
    release() {
      clearInterval(timer);
      if (textAt(path) === thisProcess()) remove(path);
    },
  };
}

/** The holder is gone for certain, or is somewhere we cannot look and has been silent for long: by the clock, or as we saw. */
function isAbandoned(owner: Owner, at: number | undefined, silence: number, watched: number): boolean {
  const life = lifeOf(owner);
  if (life !== "elsewhere") return life === "dead";
  return at !== undefined && (Date.now() - at > silence || watched > silence);
}

/** Of several processes that find the same abandoned lease, one succeeds in moving it. */
function breakLease(path: string, owner: Owner): void {
  const aside = `${path}.${thisProcess()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  // Someone was quicker and this is already the next holder's: give it back.
  if (textAt(aside) !== owner && textAt(path) === undefined) renameSync(aside, path);
  else remove(aside);
}

function modified(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
