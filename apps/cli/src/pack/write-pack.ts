import type { FileHandle } from "node:fs/promises";
import { formatLock, type Lock, PreloadError } from "@preload/core";
import { imageOf, type Layer, lockPath } from "./image.ts";
import { PackWriter } from "./pack-writer.ts";
import type { Gathered } from "./sources.ts";
import { ending, headerOf, padding } from "./tar.ts";
import { byPath, foldersAbove, type Leaf, saysOf } from "./tree.ts";
import { verifiedPieces } from "./verified-pieces.ts";

export interface Written {
  /** Of the file that was written. */
  readonly bytes: number;
  /** Files of models. */
  readonly files: number;
  readonly manifestDigest: string;
  readonly layers: readonly Layer[];
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  readonly onRead: (ref: string, path: string, bytes: number) => void;
}

/**
 * Writes models as an image: the lock in the first layer, then a layer for each model. What models share is in the
 * layer of the first one. The same models give the same bytes, on any machine, at any time.
 *
 * @throws PreloadError `CORRUPT` for a file that is not what the lock says
 */
export async function writePack(
  file: FileHandle,
  models: readonly Gathered[],
  options: WriteOptions,
): Promise<Written> {
  const writer = new PackWriter(file);
  const lock = Buffer.from(formatLock(lockOf(models)));
  const layers: Layer[] = [];
  layers.push(
    await writer.blob(async (write) => {
      for (const path of foldersAbove(lockPath)) await write(headerOf({ path, type: "directory", size: 0 }));
      await write(headerOf({ path: lockPath, type: "file", size: lock.byteLength }));
      await write(lock);
      await write(padding(lock.byteLength));
      await write(ending);
    }),
  );
  let files = 0;
  for (const { model, own } of shared(models)) {
    files += own.filter(({ type }) => type === "file").length;
    if (own.length === 0) continue;
    layers.push({ ...(await writer.blob((write) => writeLayer(own, model, write, options))), ref: model.model.ref });
  }
  const image = imageOf(layers);
  for (const bytes of [image.config, image.manifest]) await writer.blob((write) => write(bytes));
  await writer.file("index.json", image.index);
  await writer.file("oci-layout", image.layout);
  return { bytes: await writer.end(), files, manifestDigest: image.manifestDigest, layers };
}

/** The part of the lock that is packed. */
export function lockOf(models: readonly Pick<Gathered, "model">[]): Lock {
  return { lockfileVersion: 1, models: new Map(models.map(({ model }) => [model.ref, model.manifest])) };
}

/** What each model brings that none before it did. @throws PreloadError `USAGE` when two want different things at one place */
export function shared<Model extends { readonly model: { readonly ref: string }; readonly leaves: readonly Leaf[] }>(
  models: readonly Model[],
): { model: Model; own: Leaf[] }[] {
  const seen = new Map<string, { ref: string; says: string }>();
  return models.map((model) => {
    const own = model.leaves.filter((leaf) => {
      const says = saysOf(leaf);
      const before = seen.get(leaf.path);
      if (before && before.says !== says) {
        throw new PreloadError("USAGE", `${before.ref} and ${model.model.ref} both have ${leaf.path}, each its own`, {
          hint: "A cache holds one of them at a time; name the models that are meant.",
        });
      }
      seen.set(leaf.path, { ref: model.model.ref, says });
      return before === undefined;
    });
    return { model, own };
  });
}

async function writeLayer(
  leaves: readonly Leaf[],
  { model, placeOf }: Gathered,
  write: (piece: Buffer) => Promise<void>,
  { signal, onRead }: WriteOptions,
): Promise<void> {
  const folders = [...new Set(leaves.flatMap(({ path }) => foldersAbove(path)))];
  const all = [...folders.map((path) => ({ type: "folder" as const, path })), ...leaves].sort(byPath);
  for (const leaf of all) {
    const { path } = leaf;
    switch (leaf.type) {
      case "folder":
        await write(headerOf({ path, type: "directory", size: 0 }));
        break;
      case "link":
        await write(headerOf({ path, type: "link", size: 0, target: leaf.target }));
        break;
      case "text": {
        const text = Buffer.from(leaf.text);
        await write(headerOf({ path, type: "file", size: text.byteLength }));
        await write(Buffer.concat([text, padding(text.byteLength)]));
        break;
      }
      case "file": {
        const { content } = leaf;
        await write(headerOf({ path, type: "file", size: content.size }));
        for await (const piece of verifiedPieces(placeOf(content), content, signal)) {
          await write(piece);
          onRead(model.ref, content.path, piece.byteLength);
        }
        await write(padding(content.size));
      }
    }
  }
  await write(ending);
}
