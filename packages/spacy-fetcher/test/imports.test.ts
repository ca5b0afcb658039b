import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("importing the package loads no library that only some runs need", async () => {
  const libraries = await librariesOf(new URL("../src/index.ts", import.meta.url));
  expect([...libraries]).toEqual(["@preload/core"]);
});

/** What is loaded together with a file, without what it imports later. */
async function librariesOf(file: URL, seen = new Set<string>()): Promise<Set<string>> {
  const source = await readFile(fileURLToPath(file), "utf8");
  const imports = source.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";$/gm);
  for (const [, name = ""] of imports) {
    if (name.startsWith("node:") || seen.has(name)) continue;
    if (!name.startsWith(".")) seen.add(name);
    else await librariesOf(new URL(name, file), seen);
  }
  return seen;
}
