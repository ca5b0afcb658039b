/** Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that partials are kept; a second one ends at once. */
export interface Signals {
  readonly signal: AbortSignal;
  /** Set once a signal came: 128 plus its number. */
  readonly exitCode: number | undefined;
  dispose(): void;
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export function untilSignal(): Signals {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listeners = Object.entries(numbers).map(([name, number]) => {
    const listener = () => {
      if (exitCode !== undefined) process.exit(exitCode);
      exitCode = 128 + number;
      controller.abort();
    };
    process.on(name as NodeJS.Signals, listener);
    return () => process.off(name as NodeJS.Signals, listener);
  });
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose: () => {
      for (const remove of listeners) remove();
    },
  };
}
