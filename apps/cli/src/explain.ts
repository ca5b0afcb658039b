import { PreloadError } from "@preload/core";
import { Failures } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { painter } from "./paint.ts";

/** What went wrong, for a person: the thing, the facts, the next step. */
export function explain(error: unknown, io: Pick<Io, "stderr" | "env">): string {
  if (error instanceof Failures) return error.errors.map((one) => explain(one, io)).join("");
  const paint = painter(io.stderr, io.env);
  if (error instanceof PreloadError) {
    const hint = error.hint === undefined ? "" : `  ${paint.dim(error.hint)}\n`;
    return `${paint.red("error")} ${error.message}\n${hint}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${paint.red("error")} This is a bug in preload, not in your setup:\n${stack}\n`;
}
