import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Site } from "./sites.ts";

/** Published code with labelled places in it. */
export interface Published {
  readonly from: "pypi" | "github";
  readonly name: string;
  /** A version, or a commit. */
  readonly version: string;
  readonly form: "sdist" | "wheel" | undefined;
  /** Only the labelled files are read. */
  readonly isAlone: boolean;
  readonly sites: readonly Site[];
}

/** Reads `test/real/sites.txt`. */
export async function published(): Promise<Published[]> {
  const text = await readFile(fileURLToPath(new URL("../real/sites.txt", import.meta.url)), "utf8");
  const found: (Published & { sites: Site[] })[] = [];
  for (const line of text.split("\n")) {
    const [, from, name, version, form, alone] =
      /^(pypi|github) (\S+) (\S+)(?: (sdist|wheel))?( alone)?$/.exec(line) ?? [];
    if (from && name && version) {
      found.push({ from, name, version, form, isAlone: alone !== undefined, sites: [] } as unknown as Published & {
        sites: Site[];
      });
      continue;
    }
    const [, file, number, label = ""] = /^([^#\s]\S*):(\d+) {2}(.*)$/.exec(line) ?? [];
    if (file === undefined) continue;
    const expected = label === "nothing" ? [] : label.split(" ").sort();
    found.at(-1)?.sites.push({ file, line: Number(number), shape: "published", expected });
  }
  return found;
}
