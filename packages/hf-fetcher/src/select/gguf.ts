import { pythonFnmatch } from "../fnmatch.ts";
import type { HfOptions } from "../options.ts";
import { noMatch, some, type Tree } from "./tree.ts";

/**
 * The GGUF files with the wanted quantization or name, with all of their parts.
 *
 * @throws PreloadError `NO_MATCH` when there are several to choose from and nothing says which
 */
export function ggufFiles(tree: Tree, { quant, file }: Pick<HfOptions, "quant" | "file">): readonly string[] {
  const all = tree.paths.filter((path) => path.endsWith(".gguf"));
  if (all.length === 0) throw noMatch(tree, "it has no GGUF files", "Look for a repository whose name ends in -GGUF.");
  const wishes = [
    ...(quant ?? []).map((name) => ({ wish: `quant: ${name}`, fits: quantPattern(name) })),
    ...(file ?? []).map((pattern) => ({
      wish: `file: ${pattern}`,
      fits: (path: string) => pythonFnmatch(path, pattern),
    })),
  ];
  if (wishes.length === 0) return theOnly(tree, all);
  const chosen = wishes.flatMap(({ wish, fits }) => {
    const found = all.filter(fits);
    if (found.length > 0) return found;
    throw noMatch(tree, `no GGUF file fits \`${wish}\``, `It has ${some(all, 20)}.`);
  });
  return complete(tree, [...new Set(chosen)]);
}

// Between separators: Q4_K must not take Q4_K_M along.
function quantPattern(name: string): (path: string) => boolean {
  const escaped = name.replaceAll(/[^A-Za-z0-9_]/g, "\\$&");
  const pattern = new RegExp(`(?:^|[-._/])${escaped}(?=[-./])`, "i");
  return (path) => pattern.test(path);
}

function theOnly(tree: Tree, all: readonly string[]): readonly string[] {
  // What turns images into tokens is a companion, not a choice.
  const models = all.filter((path) => !/(^|\/)mmproj/i.test(path));
  const [first, ...others] = [...new Set(models.map(withoutPart))];
  if (first === undefined || others.length > 0) {
    throw noMatch(
      tree,
      "it has several GGUF files, and nothing says which",
      `Choose with \`quant\` or \`file\`: ${some(all, 20)}.`,
    );
  }
  return complete(tree, models);
}

const part = /-(\d{5})-of-(\d{5})\.gguf$/;

function withoutPart(path: string): string {
  return path.replace(part, ".gguf");
}

// A pattern that names the first part means all of them: that is the one a loader is given.
function complete(tree: Tree, chosen: readonly string[]): readonly string[] {
  const files = chosen.flatMap((path) => {
    const [tail, , count = ""] = part.exec(path) ?? [];
    if (tail === undefined) return [path];
    const stem = path.slice(0, -tail.length);
    return Array.from(
      { length: Number(count) },
      (_, at) => `${stem}-${String(at + 1).padStart(5, "0")}-of-${count}.gguf`,
    );
  });
  const lacking = files.find((path) => !tree.has(path));
  if (lacking !== undefined) throw noMatch(tree, `a part is not there: ${lacking}`);
  return [...new Set(files)];
}
