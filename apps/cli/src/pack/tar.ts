import { PreloadError } from "@preload/core";
import { Header } from "tar/header";
import { Pax } from "tar/pax";

/** What tar counts in. In bytes. */
export const block = 512;

export interface TarEntry {
  /** A directory has no `/` at its end. */
  readonly path: string;
  readonly type: "file" | "directory" | "link";
  /** In bytes; 0 for what has no content. */
  readonly size: number;
  /** Where a link leads, as it stands in it. */
  readonly target?: string;
}

/** The header of an entry: of nobody, of no time, readable by all, so that the same content gives the same bytes. */
export function headerOf(entry: TarEntry): Buffer {
  const { bytes, isWhole } = encoded(entry);
  if (isWhole) return bytes;
  const { size, target } = entry;
  const more = new Pax({ path: nameOf(entry), size, ...(target === undefined ? {} : { linkpath: target }) });
  return Buffer.concat([more.encode(), bytes]);
}

/**
 * The header of a file with a short name, in one block whatever its size: place can be kept for it. From 8 GiB on
 * the size is binary, which every tar of this century reads.
 */
export function blockOf(path: string, size: number): Buffer {
  return encoded({ path, type: "file", size }).bytes;
}

function nameOf({ path, type }: TarEntry): string {
  return type === "directory" ? `${path}/` : path;
}

function encoded(entry: TarEntry): { readonly bytes: Buffer; readonly isWhole: boolean } {
  const { type, size, target } = entry;
  const header = new Header({
    path: nameOf(entry),
    type: types[type],
    size,
    mode: type === "file" ? 0o644 : type === "directory" ? 0o755 : 0o777,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
    ...(target === undefined ? {} : { linkpath: target }),
  });
  const bytes = Buffer.alloc(block);
  return { isWhole: !header.encode(bytes), bytes };
}

const types = { file: "File", directory: "Directory", link: "SymbolicLink" } as const;

/** What fills up the last block of a content. */
export function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** What a tar ends with. */
export const ending: Buffer = Buffer.alloc(2 * block);

/** A piece of a file that is read from its beginning to its end. */
export interface Bytes {
  /** Where the next byte lies in the file. */
  readonly at: number;
  /** How many are still to come. */
  readonly left: number;
  /** The next bytes, all of them or an error. */
  read(length: number): Promise<Buffer>;
  /** Goes on past bytes, showing them to `onPiece`. */
  pass(length: number, onPiece?: (piece: Buffer) => void): Promise<void>;
}

// The names of a model are shorter than this by far; a header is read into memory.
const largestHeader = 16 * 1024;

/**
 * The entries of a tar, in their order. What is not passed of an entry's content when the next one is asked for, is passed then.
 * Only files, folders and symbolic links: anything else is refused, and so is what is not a tar.
 *
 * @throws PreloadError `CORRUPT` naming `name`
 */
export async function* entriesOf(bytes: Bytes, name: string): AsyncGenerator<TarEntry & { readonly at: number }> {
  let extended: Pax | undefined;
  for (;;) {
    if (bytes.left < block) throw corrupt(name, "it is cut off");
    const head = await bytes.read(block);
    const header = headerIn(head, extended, name);
    if (header.nullBlock) return;
    const size = header.size ?? 0;
    if (!header.cksumValid) throw corrupt(name, "it is no tar, or damaged: the checksum of a header is wrong");
    if (!Number.isSafeInteger(size) || size > bytes.left) throw corrupt(name, "it is cut off");
    if (header.type === "ExtendedHeader") {
      if (size > largestHeader) throw corrupt(name, `a header of it has ${size} bytes`);
      extended = Pax.parse((await bytes.read(size)).toString("utf8"));
    } else {
      const entry = { ...entryIn(header, extended, name), size };
      const end = bytes.left - size;
      yield { ...entry, at: bytes.at };
      await bytes.pass(bytes.left - end);
      extended = undefined;
    }
    const fill = await bytes.read(Math.min(padding(size).byteLength, bytes.left));
    if (fill.some((byte) => byte !== 0)) throw corrupt(name, "it is damaged: there is something between its entries");
  }
}

function headerIn(head: Buffer, extended: Pax | undefined, name: string): Header {
  try {
    return new Header(head, 0, extended);
  } catch (error) {
    throw corrupt(name, `a header of it cannot be read: ${(error as Error).message}`);
  }
}

function entryIn(header: Header, extended: Pax | undefined, name: string): Omit<TarEntry, "size"> {
  // tar 7.5 takes both from the block, too, where the block has a part of them.
  const path = (extended?.path ?? header.path ?? "").replace(/^\.\//, "").replace(/\/$/, "");
  switch (header.type) {
    case "File":
    case "OldFile":
      return { path, type: "file" };
    case "Directory":
      return { path, type: "directory" };
    case "SymbolicLink":
      return { path, type: "link", target: extended?.linkpath ?? header.linkpath ?? "" };
    default:
      throw corrupt(name, `${JSON.stringify(path)} is neither a file, a folder nor a symbolic link (${header.type})`);
  }
}

/** What a pack must not be. */
export function corrupt(name: string, why: string): PreloadError {
  return new PreloadError("CORRUPT", `${name}: ${why}`, { hint: "Nothing was written. Make the pack anew." });
}
