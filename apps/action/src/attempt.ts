import { AsyncLocalStorage } from "node:async_hooks";
import type { Unpacking } from "./cache-exec.ts";

/** A piece of work that @actions/cache does for us, as far as those parts of ours know of it that it calls. */
export interface Attempt {
  /** What it warned of, in order: it tells its reasons to the log, and returns none. */
  readonly warnings: string[];
  readonly unpacking: Unpacking | undefined;
  /** True when nobody waits for it any more: it cannot be told to end, but it can be kept from beginning anything else. */
  readonly isOver: boolean;
  /** So many bytes have been transferred; as many as `unseen` may be on their way and not counted. */
  moved(bytes: number, unseen: number): void;
  /** The transfer is over. What comes now may take as long as all of it may. */
  arrived(): void;
}

export interface AttemptOptions {
  /** For all of it. In milliseconds. */
  readonly limit: number;
  /** How long a transfer may all but stand still, and a millisecond more for each unseen kilobyte. In milliseconds. */
  readonly patience: number;
  readonly unpacking?: Unpacking | undefined;
}

/** What a transfer has to move to be one, in bytes for each millisecond. */
const pace = 100;

const attempts = new AsyncLocalStorage<Attempt>();

/** The one that the caller is a part of. */
export function thisAttempt(): Attempt | undefined {
  return attempts.getStore();
}

/** Does the work, or gives it up: when all of it takes too long, or what it transfers hardly moves. */
export async function attempt<T>(
  work: () => Promise<T>,
  { limit, patience, unpacking }: AttemptOptions,
): Promise<{ readonly value: T; readonly warnings: readonly string[] } | "given up"> {
  const warnings: string[] = [];
  let isOver = false;
  let giveUp = () => {};
  const givenUp = new Promise<"given up">((resolve) => {
    giveUp = () => resolve("given up");
  });
  const end = setTimeout(giveUp, limit);
  let standstill: NodeJS.Timeout | undefined;
  let seen = 0;
  const context: Attempt = {
    warnings,
    unpacking,
    get isOver() {
      return isOver;
    },
    moved(bytes, unseen) {
      if (isOver || (standstill !== undefined && bytes - seen < pace * patience)) return;
      seen = bytes;
      clearTimeout(standstill);
      standstill = setTimeout(giveUp, patience + unseen / 1000);
    },
    arrived() {
      clearTimeout(standstill);
    },
  };
  try {
    return await Promise.race([attempts.run(context, work).then((value) => ({ value, warnings })), givenUp]);
  } finally {
    isOver = true;
    clearTimeout(end);
    clearTimeout(standstill);
  }
}
