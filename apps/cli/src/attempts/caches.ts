import { inventories, isPartial } from "../inventory.ts";
import type { Session } from "../session.ts";

/** What one model takes in one cache. */
interface Held {
  readonly ref: string;
  readonly dir: string;
  readonly bytes: number;
}

/** The models of every cache that the session knows, by directory and name. */
export type Caches = ReadonlyMap<string, Held>;

export interface Change extends Held {
  readonly change: "added" | "grown" | "shrunk" | "removed";
}

/** What lies in the caches now. Reads names and sizes only. */
export function lookAtCaches({ fetchers }: Pick<Session, "fetchers">): Caches {
  const held = new Map<string, Held>();
  for (const { name: scheme, dir } of Object.values(fetchers)) {
    for (const { name: ref, files } of inventories[scheme]?.(dir) ?? []) {
      const sizes = new Map(files.filter(({ path }) => !isPartial(path)).map(({ inode, size }) => [inode, size]));
      const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      held.set(JSON.stringify([dir, ref]), { ref, dir, bytes });
    }
  }
  return held;
}

/** What is not as it was. The bytes are those that came or went. */
export function changesBetween(before: Caches, after: Caches): Change[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key): Change[] => {
    const [old, now] = [before.get(key), after.get(key)];
    if (!old?.bytes) return now && now.bytes > 0 ? [{ ...now, change: "added" }] : [];
    if (now === undefined) return [{ ...old, change: "removed" }];
    if (old.bytes === now.bytes) return [];
    const change = now.bytes > old.bytes ? "grown" : "shrunk";
    return [{ ...now, bytes: Math.abs(now.bytes - old.bytes), change }];
  });
}
