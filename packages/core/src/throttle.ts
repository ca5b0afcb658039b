import { pause } from "./retry.ts";

/** Keeps the sum of all transfers below a rate. */
export interface Throttle {
  /** Resolves when these bytes may pass. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** @param bytesPerSecond over all transfers that share the throttle */
export function throttleTo(bytesPerSecond: number): Throttle {
  let free = performance.now();
  return {
    async take(bytes, signal) {
      const now = performance.now();
      // Time that passed unused is not saved up: a burst after a pause would exceed the rate.
      free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
      const wait = free - now;
      if (wait > 5) await pause(wait, signal);
    },
  };
}
