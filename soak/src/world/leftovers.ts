import { readdir } from "node:fs/promises";

/** Names that only a transfer in progress may have: partials, leases, drafts, trees being unpacked. */
export async function leftoversIn(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  return names.filter((name) => /\.part$|\.lease|\.tmp$|(^|\/)\.preload-/.test(name));
}
