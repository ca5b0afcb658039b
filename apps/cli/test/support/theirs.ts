import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { World } from "./world.ts";

type Files = Readonly<Record<string, string>>;

/** What other programs keep in the caches that we use, and `more` in the Hub's. Gives back what looks whether it is as it was. */
export async function putTheirs({ hub, whisper, spacy }: World, folder: string, more: Files = {}): Promise<() => void> {
  const theirs = {
    "models--other--one/blobs/abc": "other",
    "blobs/.huggingface-shared-blobs": "1\n",
    "blobs/ab/abcd": "shared",
    [`.locks/${folder}/x.lock`]: "",
    "CACHEDIR.TAG": "Signature",
    "../token": "hf_secret",
    "../stored_tokens": "[x]",
    ...more,
  };
  const inHub = Object.entries(theirs).map(([path, text]) => [join(hub, path), text] as const);
  const all = [...inHub, [join(whisper, "own.pt"), "own"] as const, [join(spacy, "other/__init__.py"), ""] as const];
  for (const [path, text] of all) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return () => {
    for (const [path, text] of all) expect(readFileSync(path, "utf8"), path).toBe(text);
  };
}
