import type { Problem } from "@preload/core";

/** `missing` is mended by fetching what is not there; `broken` means that what is there is not as promised. */
export type ModelState = "complete" | "missing" | "broken";

export function stateOf(problems: readonly Problem[]): ModelState {
  if (problems.length === 0) return "complete";
  return problems.every(({ reason }) => reason === "missing") ? "missing" : "broken";
}
