import { type FileHandle, open } from "node:fs/promises";
import { codeOf, finishDigest, isMissing, type Lock, PreloadError, parseLock, startDigest } from "@preload/core";
import { Hashed, type Span } from "./bytes.ts";
import { lockPath } from "./image.ts";
import type { Blob } from "./pack-writer.ts";
import { type Image, readImage } from "./read-image.ts";
import { corrupt, entriesOf, type TarEntry } from "./tar.ts";
import { foldersAbove, type Leaf } from "./tree.ts";
import { throwIfStopped } from "./verified-pieces.ts";

/** A pack that is open, and says what is in it. */
export interface Pack {
  readonly name: string;
  readonly file: FileHandle;
  readonly lock: Lock;
  readonly manifestDigest: string;
  /**
   * Reads every byte and compares it with what the lock says has to be there, no more and no less.
   * Gives back where the content of each file lies.
   *
   * @throws PreloadError `CORRUPT` naming what is wrong
   */
  verify(leaves: readonly Leaf[], options: VerifyOptions): Promise<ReadonlyMap<string, Span>>;
  close(): Promise<void>;
}

interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly onRead: (path: string, bytes: number) => void;
}

// A line for each file of a model: that of a million files.
const largestLock = 512 * 1024 * 1024;

/** @throws PreloadError `USAGE` when there is no such file, `CORRUPT` when it is no pack */
export async function openPack(path: string): Promise<Pack> {
  const file = await opened(path);
  try {
    const image = await readImage(file, path);
    const [first, ...rest] = image.layers;
    if (!first) throw corrupt(path, "it is no pack: its image has no layer");
    const lock = await lockIn(file, first, path);
    return {
      name: path,
      file,
      lock,
      manifestDigest: image.manifestDigest,
      verify: (leaves, options) => verifyLayers(file, rest, leaves, { ...options, name: path }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, "r");
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    if (isMissing(error)) throw new PreloadError("USAGE", `${path}: there is no such file`);
    throw new PreloadError("NOT_WRITABLE", `${path} cannot be read (${codeOf(error)})`);
  }
  throw new PreloadError("USAGE", `${path} is no file`, { hint: "Name what `preload pack` has written." });
}

/** The first layer holds the lock and nothing else. */
async function lockIn(file: FileHandle, layer: Image["layers"][number], name: string): Promise<Lock> {
  const bytes = new Hashed(file, layer, name);
  let text: Buffer | undefined;
  for await (const entry of entriesOf(bytes, name)) {
    if (entry.type === "directory" && foldersAbove(lockPath).includes(entry.path)) continue;
    if (entry.type !== "file" || entry.path !== lockPath || text !== undefined) {
      throw corrupt(name, `it is no pack: its first layer holds ${JSON.stringify(entry.path)}`);
    }
    if (entry.size > largestLock) throw corrupt(name, `its lock has ${entry.size} bytes`);
    text = await bytes.read(entry.size);
  }
  await compare(bytes, layer, name);
  if (text === undefined) throw corrupt(name, "it is no pack: it holds no lock");
  try {
    return parseLock(text.toString("utf8"), `${name}: ${lockPath}`);
  } catch (error) {
    if (!(error instanceof PreloadError)) throw error;
    throw new PreloadError(error.code, error.message, { hint: "Nothing was written. Make the pack anew." });
  }
}

async function verifyLayers(
  file: FileHandle,
  layers: Image["layers"],
  leaves: readonly Leaf[],
  { name, signal, onRead }: VerifyOptions & { readonly name: string },
): Promise<ReadonlyMap<string, Span>> {
  const expected = new Map(leaves.map((leaf) => [leaf.path, leaf]));
  const folders = new Set(leaves.flatMap(({ path }) => foldersAbove(path)));
  const found = new Map<string, Span>();
  for (const layer of layers) {
    const bytes = new Hashed(file, layer, name);
    for await (const entry of entriesOf(bytes, name)) {
      throwIfStopped(signal);
      if (entry.type === "directory" && folders.has(entry.path)) continue;
      const leaf = expected.get(entry.path);
      if (!leaf) throw corrupt(name, `${JSON.stringify(entry.path)} is not in its lock`);
      if (found.has(entry.path)) throw corrupt(name, `it holds ${JSON.stringify(entry.path)} twice`);
      found.set(entry.path, { at: entry.at, size: entry.size });
      await verifyEntry(entry, leaf, bytes, name);
      onRead(entry.path, entry.size);
    }
    await compare(bytes, layer, name);
  }
  const absent = leaves.find(({ path }) => !found.has(path));
  if (absent) throw corrupt(name, `${absent.path} is in its lock and not in it`);
  return found;
}

async function verifyEntry(entry: TarEntry, leaf: Leaf, bytes: Hashed, name: string): Promise<void> {
  const isLink = entry.type === "link";
  if (isLink !== (leaf.type === "link") || entry.type === "directory") {
    throw corrupt(name, `${entry.path} is a ${entry.type}, and should be a ${leaf.type === "link" ? "link" : "file"}`);
  }
  const wrong = (expected: unknown, received: unknown) =>
    corrupt(name, `${entry.path} is not what its lock says\n  expected ${expected}  found ${received}`);
  switch (leaf.type) {
    case "link":
      if (entry.target !== leaf.target) throw wrong(`a link to ${leaf.target}`, `one to ${entry.target}`);
      return;
    case "text": {
      const size = Buffer.byteLength(leaf.text);
      if (entry.size !== size) throw wrong(`${size} bytes`, entry.size);
      if ((await bytes.read(size)).toString("utf8") !== leaf.text)
        throw wrong(JSON.stringify(leaf.text), "another text");
      return;
    }
    case "file": {
      const { size, digest } = leaf.content;
      if (entry.size !== size) throw wrong(`${size} bytes`, entry.size);
      const hash = startDigest(digest, size);
      await bytes.pass(size, (piece) => hash.update(piece));
      const received = finishDigest(hash, digest);
      if (received !== digest) throw wrong(digest, received);
    }
  }
}

async function compare(bytes: Hashed, { digest }: Blob, name: string): Promise<void> {
  if (bytes.left > 0) await refuseMore(bytes, name);
  const received = await bytes.digest();
  if (received !== digest) {
    throw corrupt(name, `a layer is not what its digest says\n  expected ${digest}  found ${received}`);
  }
}

/** Behind the end of a tar there are blocks of zeros, and nothing that another program may take for more of it. */
async function refuseMore(bytes: Hashed, name: string): Promise<void> {
  await bytes.pass(bytes.left, (piece) => {
    if (piece.some((byte) => byte !== 0)) throw corrupt(name, "there is something behind the end of a layer");
  });
}
