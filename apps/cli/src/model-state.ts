import type { Problem } from "@preload/core";
import { isAbsence } from "./describe-problem.ts";

/** `missing` is mended by fetching what is not there; `broken` means that what is there is not as promised. */
export type ModelState = "complete" | "missing" | "broken";

export function stateOf(problems: readonly Problem[]): ModelState {
  if (problems.length === 0) return "complete";
  return problems.every(isAbsence) ? "missing" : "broken";
}
