import { distance } from "fastest-levenshtein";

/** The known names that somebody who wrote `name` may have meant, the nearest first. */
export function suggest(name: string, known: readonly string[]): readonly string[] {
  const plain = simplified(name);
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(plain, simplified(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  return ranked.slice(0, 3).map(({ candidate }) => candidate);
}

// base-en, base_en and Base.En are all base.en.
function simplified(name: string): string {
  return name.toLowerCase().replace(/\.pt$/, "").replace(/[-_.]/g, ".");
}
