import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

// Milliseconds. Longer than it takes to begin with all connections, shorter than any name server's memory.
const lifetime = 1000;

type Answer = Parameters<Parameters<LookupFunction>[2]>;

/**
 * Finds a name once for all connections that begin at the same time. Node looks for names on the four threads that also
 * read and write files, so that sixty-four questions hold up each other and everything else.
 */
export function sharedLookup(lookup: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  const answers = new Map<string, Promise<Answer>>();
  return (name, options, callback) => {
    const key = JSON.stringify([name, options]);
    const known = answers.get(key);
    const answer = known ?? new Promise<Answer>((resolve) => lookup(name, options, (...found) => resolve(found)));
    if (!known) {
      answers.set(key, answer);
      void answer.then(([error]) => {
        if (error) answers.delete(key);
        else setTimeout(() => answers.delete(key), lifetime).unref();
      });
    }
    void answer.then((found) => callback(...found));
  };
}
