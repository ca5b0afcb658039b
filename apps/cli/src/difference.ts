import { createTwoFilesPatch } from "diff";

/** What changes in a file, as `diff -u` shows it; empty when nothing does. */
export function difference(name: string, before: string, after: string): string {
  if (before === after) return "";
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, "");
}
