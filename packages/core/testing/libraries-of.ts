import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The packages that are loaded together with a file of source, without what it imports later. */
export async function librariesOf(file: URL, seen = new Set<string>()): Promise<Set<string>> {
  const source = await readFile(fileURLToPath(file), "utf8");
  const imports = source.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";$/gm);
  for (const [, name = ""] of imports) {
    if (name.startsWith("node:") || seen.has(name)) continue;
    if (!name.startsWith(".")) seen.add(name);
    else await librariesOf(new URL(name, file), seen);
  }
  return seen;
}
