/** The end that the runner asks for when a job is cancelled: SIGINT, a while later SIGTERM. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Set once a signal came: 128 plus its number. */
  readonly exitCode: number | undefined;
  /** Work that cannot be told to end, and leaves nothing behind when the process does. */
  atOnce<T>(work: () => Promise<T>): Promise<T>;
}

const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** Waits for a signal from now on. What the command line is doing ends by itself, and keeps its partials. */
export function untilStopped(): Stop {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let inFlight = 0;
  for (const [name, number] of Object.entries(numbers)) {
    process.on(name as NodeJS.Signals, () => {
      exitCode ??= 128 + number;
      controller.abort();
      if (inFlight > 0) process.exit(exitCode);
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    async atOnce(work) {
      inFlight += 1;
      try {
        return await work();
      } finally {
        inFlight -= 1;
      }
    },
  };
}
