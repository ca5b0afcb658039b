import { onAbort } from "../on-abort.ts";

/** How many connections carry ranges at once: few at first, more as long as that makes it faster. */
export interface Lanes {
  /** Waits for a free lane. @throws what `signal` says */
  enter(signal?: AbortSignal): Promise<void>;
  leave(): void;
  /** Bytes that came over any lane. */
  carried(bytes: number): void;
  /** The origin wants less of us. Gives back how many lanes are left. */
  yield(): number;
  readonly width: number;
  /** Bytes per second of one lane, as far as is known. */
  readonly laneRate: number | undefined;
}

export interface LanesOptions {
  /** @default 2 */
  readonly first?: number;
  /** @default 32 */
  readonly most?: number;
}

const interval = 80;

/** Doubles the width while the sum grows by a quarter or more, and stays where it stops growing. */
export function createLanes({ first = 2, most = 32 }: LanesOptions = {}): Lanes {
  const waiting: (() => void)[] = [];
  let width = Math.min(first, most);
  let busy = 0;
  let bytes = 0;
  let since = 0;
  let rate: number | undefined;
  let bestBefore = 0;
  let isSettled = width >= most;

  const wake = () => {
    while (busy < width && waiting.length > 0) {
      busy += 1;
      waiting.shift()?.();
    }
  };
  const measure = () => {
    const now = performance.now();
    if (busy < width) {
      // Not all lanes were in use: what came says nothing about more of them.
      bytes = 0;
      since = now;
      return;
    }
    const elapsed = now - since;
    if (elapsed < interval) return;
    rate = (bytes / elapsed) * 1000;
    bytes = 0;
    since = now;
    if (isSettled) return;
    if (rate < bestBefore * 1.25) {
      isSettled = true;
      return;
    }
    bestBefore = rate;
    width = Math.min(most, width * 2);
    isSettled = width === most;
    wake();
    // The new lanes need a moment to get going.
    since = now + interval;
  };

  return {
    get width() {
      return width;
    },
    get laneRate() {
      return rate === undefined ? undefined : rate / width;
    },
    async enter(signal) {
      if (signal?.aborted) throw signal.reason;
      if (busy < width) {
        busy += 1;
        if (busy === width) since = performance.now();
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const enter = () => {
          callOff();
          resolve();
        };
        const callOff = onAbort(signal, () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal?.reason);
        });
        waiting.push(enter);
      });
    },
    leave() {
      busy -= 1;
      wake();
    },
    carried(count) {
      if (performance.now() < since) return;
      bytes += count;
      measure();
    },
    yield() {
      width = Math.max(1, Math.floor(width / 2));
      isSettled = true;
      return width;
    },
  };
}
