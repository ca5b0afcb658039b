/** A text that a config file gives to a key. */
export interface Written {
  /** Outermost first; places in lists are left out. */
  readonly keys: readonly string[];
  readonly value: string;
  /** From 1. */
  readonly line: number;
}
