/** A word that may stand at the cursor, and what it means. */
export interface Candidate {
  readonly value: string;
  readonly does?: string;
}

/** What a shell completes better than we do. */
export type Native = "files" | "dirs" | "command";

/**
 * What a shell reads, a line each: the word, and after a tab what it means. A line that begins with a colon, as no word
 * of ours does, leaves the rest to the shell.
 *
 *   whisper:tiny.en <tab> test, production
 *   :files
 */
export function linesFor(candidates: readonly Candidate[], native?: Native): string {
  const lines = candidates.map(({ value, does }) => (does ? `${value}\t${does.replaceAll(/\s+/g, " ")}` : value));
  return [...lines, ...(native ? [`:${native}`] : [])].map((line) => `${line}\n`).join("");
}
