/** Notices a transfer that is alive and yet gets nowhere, as behind a proxy that feeds one byte at a time. */
export interface RateWatch {
  /** A new answer is waited for. */
  begin(): void;
  came(bytes: number): void;
  /** From now on we are the slow ones: the disk, or a rate that was asked for. Says nothing about the other side. */
  rest(): void;
  resume(): void;
  /** Nothing is expected any more. */
  end(): void;
}

export interface RateWatchOptions {
  /** Milliseconds over which is counted. */
  readonly span: number;
  /** Bytes per second. 0 watches nothing. */
  readonly minimumRate: number;
  /** So many bytes came, which is too few. */
  readonly onTooSlow: (bytes: number) => void;
}

/** Looks once in each span, so a slow transfer is noticed after one span at the earliest and two at the latest. */
export function watchRate({ span, minimumRate, onTooSlow }: RateWatchOptions): RateWatch {
  const least = (minimumRate * span) / 1000;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let expecting = false;
  let bytes = 0;
  let isResting = false;
  /** Somewhere in this span. */
  let rested = false;

  const look = () => {
    const came = bytes;
    const isTooSlow = expecting && !rested && came < least;
    bytes = 0;
    rested = isResting;
    if (isTooSlow) onTooSlow(came);
  };
  return {
    begin() {
      if (minimumRate <= 0) return;
      clearImmediate(soon);
      expecting = true;
      bytes = 0;
      isResting = false;
      rested = false;
      if (timer) timer.refresh();
      // A process that was asleep hears first that a span is over, and then of what has come in it.
      else timer = setInterval(() => (soon = setImmediate(look)), span).unref();
    },
    came(count) {
      bytes += count;
    },
    rest() {
      isResting = true;
      rested = true;
    },
    resume() {
      isResting = false;
    },
    end() {
      expecting = false;
      clearImmediate(soon);
      clearInterval(timer);
      timer = undefined;
    },
  };
}
