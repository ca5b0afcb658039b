/** What a run is asked to do. */
export interface Effort {
  readonly seed: number;
  /** 1 is what every change has to pass; more of it goes further in the same direction. */
  readonly scale: number;
  /** Only cases with this in their name. */
  readonly only?: string | undefined;
  /** Prints a line about what is going on. */
  readonly say: (line: string) => void;
}

/** One thing that did not hold. */
export interface Violation {
  /** Which case, so that it can be found again. */
  readonly where: string;
  readonly what: string;
}

export interface Findings {
  /** For `docs/faults.md`: the same text on every machine as long as everything holds. */
  readonly text: string;
  /** Sections of their own with what only a long run measures, by title. They stay until it is measured again. */
  readonly curves?: ReadonlyMap<string, string>;
  /** What was measured here and now, for the terminal only. */
  readonly measured?: string;
  readonly violations: readonly Violation[];
}

export interface Suite {
  readonly name: string;
  readonly title: string;
  run(effort: Effort): Promise<Findings>;
}

/** Collects what does not hold, so that one run tells of everything. */
export function createVerdict(): {
  readonly violations: Violation[];
  expect(holds: boolean, where: string, what: string): void;
} {
  const violations: Violation[] = [];
  return {
    violations,
    expect(holds, where, what) {
      if (!holds) violations.push({ where, what });
    },
  };
}
