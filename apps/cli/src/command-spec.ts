import type { Option } from "commander";
import type { Flags } from "./flags.ts";
import type { Io } from "./io.ts";

/** What the command line knows of a command without loading it. */
export interface CommandSpec {
  /** `install [refs...]` */
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly aliases?: readonly string[];
  readonly options?: readonly Option[];
  readonly isDefault?: boolean;
  /** Everything after the first operand belongs to another program. */
  readonly passThrough?: boolean;
  /** `run` does the work and gives back the exit code. A method, so that a command may name its own flags. */
  load(): Promise<{ run(invocation: Invocation): Promise<number> }>;
}

export interface Invocation<F extends Flags = Flags> {
  readonly io: Io;
  readonly flags: F;
  readonly operands: readonly string[];
  readonly signal: AbortSignal;
}
