/**
 * Entries of a cache cannot be changed, and a run may not delete any. So what takes the place of a bad one has the same
 * key with a number behind it, which follows from the key that was found bad: nobody raises it by hand.
 *
 *   preload-1-hf-org-name-<32 digits>       the first
 *   preload-1-hf-org-name-<32 digits>-r1    in its place
 *   preload-1-hf-org-name-<32 digits>-r2    in the place of that
 */
export function keyAfter(key: string, bad: string | undefined): string {
  if (bad === undefined) return key;
  return `${key}-r${ordinalOf(key, bad) + 1}`;
}

/** What is asked for so that the newest of them is found: those with a number before the one without. */
export function keysFor(key: string, others: readonly string[] = []): { first: string; others: string[] } {
  return { first: `${key}-r`, others: [key, ...others] };
}

/** Whether a key that was found names the content that is meant, in whichever try. */
export function isFor(key: string, found: string): boolean {
  return found === key || ordinalOf(key, found) > 0;
}

function ordinalOf(key: string, found: string): number {
  const rest = found.startsWith(key) ? found.slice(key.length) : "";
  return Number(/^-r([1-9]\d{0,14})$/.exec(rest)?.[1] ?? 0);
}
