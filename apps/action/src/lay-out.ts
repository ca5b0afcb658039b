import { mkdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { linksByTarget, PreloadError } from "@preload/core";
import { linkOrCopy } from "./link-or-copy.ts";
import { type Model, nameOf, type Piece, piecesOf } from "./pieces.ts";

/**
 * Makes the folder of an entry: exactly the bytes that the lock names, each once, under the name of its digest. Nothing is
 * copied where the clients' caches and the folder are on one disk.
 */
export function layOut(folder: string, models: readonly Model[]): void {
  mkdirSync(folder);
  const done = new Set<string>();
  for (const model of models) {
    for (const piece of piecesOf(model.manifest)) {
      const name = nameOf(piece);
      if (done.has(name)) continue;
      done.add(name);
      linkOrCopy(sourceOf(model, piece), join(folder, name));
    }
  }
}

/** The file itself, or what stands in for it where links do not exist or were followed. */
function sourceOf({ ref, manifest, dir }: Model, piece: Piece): string {
  const links = linksByTarget(manifest).get(piece.path) ?? [];
  for (const path of [piece.path, ...links.map((link) => link.path)]) {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    // A newer Hub client keeps the bytes elsewhere, and a link in their place.
    if (stats?.isFile() && stats.size === piece.size) return realpathSync(join(dir, path));
  }
  throw new PreloadError("CORRUPT", `${ref}: ${piece.path} was there a moment ago, and is not any more`);
}
