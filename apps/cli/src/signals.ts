/** Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that partials are kept; a second one ends at once. */
export interface Signals {
  readonly signal: AbortSignal;
  /** Set once a signal came: 128 plus its number. */
  readonly exitCode: number | undefined;
  dispose(): void;
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const codes = new WeakMap<AbortSignal, number>();

/** The exit code of a run whose signal was given because somebody wants it to stop: 128 plus the number. */
export function endedBy(signal: AbortSignal): number | undefined {
  return codes.get(signal);
}

export function untilSignal(): Signals {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = Object.entries(numbers).map(([name, number]) => {
    const listener = () => {
      const before = endedBy(signal);
      if (before !== undefined) process.exit(before);
      codes.set(signal, 128 + number);
      controller.abort();
    };
    process.on(name as NodeJS.Signals, listener);
    return () => process.off(name as NodeJS.Signals, listener);
  });
  return {
    signal,
    get exitCode() {
      return endedBy(signal);
    },
    dispose: () => {
      for (const remove of listeners) remove();
    },
  };
}
