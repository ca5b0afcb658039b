import { PreloadError } from "./errors.ts";

/** Something that can be read at any place: a file, or an address that answers ranges. */
export interface ZipSource {
  /** In bytes. */
  readonly size: number;
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface ZipMember {
  /** As the archive has it, unchecked: pass it through `safePath`. */
  readonly path: string;
  /** In bytes, unpacked. */
  readonly size: number;
  /** The unpacked bytes. An error when the stream is longer or shorter than `size`. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface ZipFile {
  /** Files only; folders are left out. */
  readonly members: readonly ZipMember[];
  close(): void;
}

/**
 * Reads the list of an archive, and members on demand.
 *
 * @throws PreloadError `BAD_ANSWER` when it is no archive, or one to keep away from: links, passwords, equal names,
 * members that overlap or swell
 */
export async function openZip(source: ZipSource, name: string): Promise<ZipFile> {
  const { listZip } = await import("./zip-yauzl.ts");
  try {
    return await listZip(source);
  } catch (error) {
    if (error instanceof PreloadError) throw error;
    throw new PreloadError("BAD_ANSWER", `${name} is not a readable zip archive: ${(error as Error).message}`);
  }
}
