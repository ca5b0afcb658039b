import { distance } from "fastest-levenshtein";

/** The known names that somebody who wrote `name` may have meant, the nearest first. */
export function suggest(name: string, known: readonly string[]): readonly string[] {
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 4)))
    .sort((one, other) => one.edits - other.edits);
  return ranked.slice(0, 3).map(({ candidate }) => candidate);
}
