import { pause } from "./retry.ts";

/** Keeps the sum of all transfers below a rate. */
export interface Throttle {
  /** Resolves when these bytes may pass. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** @param bytesPerSecond over all transfers that share the throttle */
export function throttleTo(bytesPerSecond: number): Throttle {
  const waitFor = pace(bytesPerSecond, performance.now());
  return {
    async take(bytes, signal) {
      const wait = waitFor(bytes, performance.now());
      if (wait > 5) await pause(wait, signal);
    },
  };
}

// Milliseconds. What is lost to late timers, to the disk and to the way to the origin is made up for; time that passed
// unused for longer is not saved up, since a burst after it would exceed the rate.
const grace = 100;

/** How many milliseconds bytes have to wait that come at `now`. */
export function pace(bytesPerSecond: number, start: number): (bytes: number, now: number) => number {
  let free = start;
  return (bytes, now) => {
    free = Math.max(free, now - grace) + (bytes / bytesPerSecond) * 1000;
    return Math.max(0, free - now);
  };
}
