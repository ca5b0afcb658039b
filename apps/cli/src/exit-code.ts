import { exitCodeOf, worstExitCode } from "@preload/core";

/** Several models that failed, each with its own reason. */
export class Failures extends Error {
  override readonly name = "Failures";

  constructor(readonly errors: readonly unknown[]) {
    super(`${errors.length} failed`);
  }
}

export function exitCodeFor(error: unknown): number {
  return error instanceof Failures ? worstExitCode(error.errors) : exitCodeOf(error);
}
