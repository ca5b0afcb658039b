import type { MaterializeEvent } from "@preload/core";

/** One file on its way. */
export interface Moving {
  readonly ref: string;
  readonly path: string;
  readonly size: number;
  have: number;
  /** When it started, and until when nothing is asked of its origin. */
  readonly since: number;
  until: number;
}

/** Sums up what events say: what moves, what is done, how fast. */
export interface Tally {
  take(event: MaterializeEvent): void;
  /** Nothing of this model moves any more, whoever fetched it. */
  finish(ref: string): void;
  readonly moving: readonly Moving[];
  /** Milliseconds that a file has been on its way, and milliseconds until it goes on when an origin is given a rest. */
  age(file: Moving): number;
  pause(file: Moving): number;
  /** Bytes to fetch, as far as is known, and how many of them are there. */
  readonly total: { readonly size: number; readonly have: number };
  /** Bytes that were read to verify them. */
  readonly checked: number;
  /** Bytes per second over the last seconds, or 0. */
  rate(): number;
  /** Milliseconds until all is there at this rate; undefined when that cannot be said. */
  timeLeft(): number | undefined;
}

const span = 5_000;
// Thousands of pieces come in a second: they are counted together for this long.
const bucket = 100;

/** @param now milliseconds that only go forward */
export function createTally(now: () => number): Tally {
  const files = new Map<string, Moving>();
  const planned = new Map<string, number>();
  const arrived = new Map<string, number>();
  const samples: { readonly at: number; bytes: number }[] = [];
  const begun = new Map<string, number>();
  let checked = 0;
  let started: number | undefined;

  function take(event: MaterializeEvent): void {
    const key = `${event.ref}\n${"path" in event ? event.path : ""}`;
    switch (event.type) {
      case "check":
        checked += event.bytes;
        return;
      case "plan":
        planned.set(event.ref, event.bytes);
        return;
      case "fetch":
        files.set(key, { ref: event.ref, path: event.path, size: event.size, have: 0, since: now(), until: 0 });
        begun.set(key, event.from);
        started ??= now();
        return;
      case "bytes":
        takeBytes(key, event.ref, event.bytes);
        return;
      case "placed":
        files.delete(key);
        return;
      case "retry":
        pauses(key, now() + event.wait);
        return;
      case "resume":
        pauses(key, 0);
        return;
      case "discard":
      case "stall":
      case "throttle":
      case "wait":
        return;
    }
  }

  function takeBytes(key: string, ref: string, count: number): void {
    const file = files.get(key);
    if (file) file.have += count;
    arrived.set(ref, (arrived.get(ref) ?? 0) + count);
    // The first report of a continued file is what an earlier run has left: it did not come over the network now.
    const left = begun.get(key);
    begun.delete(key);
    if (left !== count && count > 0) sample(count);
  }

  function sample(count: number): void {
    const at = now();
    const last = samples.at(-1);
    if (last && at - last.at < bucket) last.bytes += count;
    else samples.push({ at, bytes: count });
  }

  function pauses(key: string, until: number): void {
    const file = files.get(key);
    if (file) file.until = until;
  }

  function rate(): number {
    const until = now();
    const since = Math.max(started ?? until, until - span);
    while (samples[0] && samples[0].at < since) samples.shift();
    const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
    return (bytes / Math.max(500, until - since)) * 1000;
  }

  const total = () => ({ size: sum(planned), have: sum(arrived) });
  return {
    take,
    finish(ref) {
      for (const [key, file] of files) if (file.ref === ref) files.delete(key);
      arrived.set(ref, planned.get(ref) ?? 0);
    },
    get moving() {
      return [...files.values()];
    },
    age: ({ since }) => now() - since,
    pause: ({ until }) => Math.max(0, until - now()),
    get total() {
      return total();
    },
    get checked() {
      return checked;
    },
    rate,
    timeLeft() {
      const { size, have } = total();
      const speed = rate();
      return speed > 0 && size > have ? ((size - have) / speed) * 1000 : undefined;
    },
  };
}

function sum(amounts: ReadonlyMap<string, number>): number {
  return [...amounts.values()].reduce((all, amount) => all + amount, 0);
}
