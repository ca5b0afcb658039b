import { pythonFnmatch } from "../fnmatch.ts";
import { noMatch, some, type Tree } from "./tree.ts";

/**
 * The files that match any of the patterns.
 *
 * @throws PreloadError `NO_MATCH` naming a pattern that matches nothing: most likely a typing error
 */
export function matching(tree: Tree, option: "include" | "exclude", patterns: readonly string[]): ReadonlySet<string> {
  const found = patterns.flatMap((pattern) => {
    const matches = tree.paths.filter((path) => pythonFnmatch(path, pattern));
    if (matches.length > 0) return matches;
    throw noMatch(
      tree,
      `\`${option}: ${pattern}\` matches no file\n  it has ${some(tree.paths, 20)}`,
      hintFor(pattern),
    );
  });
  return new Set(found);
}

function hintFor(pattern: string): string {
  if (pattern.startsWith("**/")) return `A pattern of the Hub crosses folders by itself: write ${pattern.slice(3)}.`;
  return "Case counts, and a pattern is compared with the whole path.";
}
