import { PreloadError } from "@preload/core";
import { Failures } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { painter } from "./paint.ts";
import { plain } from "./words.ts";

type Surface = Pick<Io, "stderr" | "env">;

/** What went wrong, for a person: the thing, the facts, the next step. */
export function explain(error: unknown, io: Surface): string {
  return error instanceof Failures ? explainAll(error.errors, io) : explainOne(error, [], io);
}

/** Several failures; those with one cause are told once, with the models it hit. */
export function explainAll(errors: readonly unknown[], io: Surface, refs: readonly string[] = []): string {
  const causes = new Map<string, { error: unknown; refs: string[] }>();
  errors.forEach((error, index) => {
    const ref = refs[index];
    const key = keyOf(error, ref) ?? `${index}`;
    const cause = causes.get(key) ?? { error, refs: [] };
    if (ref !== undefined) cause.refs.push(ref);
    causes.set(key, cause);
  });
  return [...causes.values()].map((cause) => explainOne(cause.error, cause.refs, io)).join("");
}

function keyOf(error: unknown, ref: string | undefined): string | undefined {
  if (!(error instanceof PreloadError)) return undefined;
  return JSON.stringify([error.code, withoutRef(error.message, ref), error.hint]);
}

function withoutRef(message: string, ref: string | undefined): string {
  return ref !== undefined && message.startsWith(`${ref}: `) ? message.slice(ref.length + 2) : message;
}

function explainOne(error: unknown, refs: readonly string[], { stderr, env }: Surface): string {
  const paint = painter(stderr, env);
  if (!(error instanceof PreloadError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${paint.red("error")} This is a bug in preload, not in your setup:\n${plain(stack)}\n`;
  }
  const [ref] = refs;
  const isNamed = refs.length === 1 && ref !== undefined && error.message.startsWith(ref);
  const message = refs.length > 1 ? withoutRef(error.message, ref) : error.message;
  const hit = refs.length === 0 || isNamed ? "" : `\n  for ${refs.join(", ")}`;
  const hint = error.hint === undefined ? "" : `  ${paint.dim(plain(error.hint))}\n`;
  return `${paint.red("error")} ${plain(message + hit)}\n${hint}`;
}
