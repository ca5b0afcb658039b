import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Rewrite } from "../edit/write-together.ts";
import { textAt } from "../edit/write-together.ts";

// Generated: reviews fold it. LF: its digest is a cache key. No merge: half of one lock and half of another is none.
const line = "preload.lock linguist-generated=true text eol=lf -merge";

/** What is to become of `.gitattributes`; undefined outside of a repository, or when it says something of the lock already. */
export async function gitattributesFor(dir: string): Promise<Rewrite | undefined> {
  if (!isInRepository(dir)) return undefined;
  const path = join(dir, ".gitattributes");
  const before = await textAt(path);
  if (before !== undefined && /^\s*[^#\s]*preload\.lock\s/m.test(before)) return undefined;
  const start = before === undefined || before === "" ? "" : before.endsWith("\n") ? before : `${before}\n`;
  return { path, before, after: `${start}${line}\n` };
}

function isInRepository(dir: string): boolean {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return true;
    if (folder === dirname(folder)) return false;
  }
}
