import { type Resolution, type Result, worstExitCode } from "@preload/core";
import { explainAll } from "./explain.ts";
import type { Session } from "./session.ts";

/** Models that could not be had: how the run ends because of them, and what is said about them. */
export interface ModelFailures {
  readonly exitCode: number;
  /** Tells every one of them on stderr. */
  tell(): void;
}

/** @param others what went wrong apart from single models */
export function failuresOf(
  models: readonly (Resolution | Result)[],
  { io, display }: Session,
  others: readonly unknown[] = [],
): ModelFailures {
  const failed = models.flatMap((model) => (model.status === "failed" ? [model] : []));
  const errors = [...failed.map(({ error }) => error), ...others];
  return {
    exitCode: worstExitCode(errors),
    tell() {
      const refs = failed.map(({ ref }) => ref);
      if (errors.length > 0) display.write("stderr", explainAll(errors, io, refs));
    },
  };
}
