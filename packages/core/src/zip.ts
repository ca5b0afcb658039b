import { Readable } from "node:stream";
import { fromRandomAccessReader, RandomAccessReader, type Entry as ZipEntry, type ZipFile as YauzlFile } from "yauzl";
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

/** Reads the list of an archive, and members on demand. @throws PreloadError `BAD_ANSWER` when it is no archive */
export async function openZip(source: ZipSource, name: string): Promise<ZipFile> {
  const file = await list(source).catch((error: unknown) => {
    if (error instanceof PreloadError) throw error;
    throw new PreloadError("BAD_ANSWER", `${name} is not a readable zip archive: ${(error as Error).message}`);
  });
  const members = file.entries
    .filter((entry) => !entry.fileName.endsWith("/"))
    .map((entry) => ({
      path: entry.fileName,
      size: entry.uncompressedSize,
      open: () => openMember(file.zip, entry),
    }));
  return { members, close: () => file.zip.close() };
}

function list(source: ZipSource): Promise<{ zip: YauzlFile; entries: ZipEntry[] }> {
  return new Promise((resolve, reject) => {
    const entries: ZipEntry[] = [];
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true };
    fromRandomAccessReader(new Reader(source), source.size, options, (error, zip) => {
      if (error) return reject(error);
      zip.on("error", reject);
      zip.on("entry", (entry: ZipEntry) => {
        entries.push(entry);
        zip.readEntry();
      });
      zip.on("end", () => resolve({ zip, entries }));
      zip.readEntry();
    });
  });
}

function openMember(zip: YauzlFile, entry: ZipEntry): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

const step = 1024 * 1024;

class Reader extends RandomAccessReader {
  constructor(private readonly source: ZipSource) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const { source } = this;
    async function* chunks() {
      for (let offset = start; offset < end; offset += step) {
        yield await source.read(offset, Math.min(step, end - offset));
      }
    }
    return Readable.from(chunks(), { objectMode: false });
  }
}
