import { Readable } from "node:stream";
import { fromRandomAccessReader, RandomAccessReader, type ZipFile as YauzlFile, type Entry as ZipEntry } from "yauzl";
import type { ZipFile, ZipSource } from "./zip.ts";

/** The one place that knows the zip library. */
export async function listZip(source: ZipSource): Promise<ZipFile> {
  const { zip, entries } = await entriesOf(source);
  const why = whyRefused(entries, source.size);
  if (why !== undefined) {
    zip.close();
    throw new Error(why);
  }
  const members = entries
    .filter((entry) => !entry.fileName.endsWith("/"))
    .map((entry) => ({ path: entry.fileName, size: entry.uncompressedSize, open: () => openMember(zip, entry) }));
  return { members, close: () => zip.close() };
}

/** What no honest archive of a model has. Asked before a byte is unpacked. */
function whyRefused(entries: readonly ZipEntry[], archiveSize: number): string | undefined {
  const seen = new Set<string>();
  let packed = 0;
  let unpacked = 0;
  for (const entry of entries) {
    if (seen.has(entry.fileName)) return `it holds ${entry.fileName} twice`;
    seen.add(entry.fileName);
    if (entry.isEncrypted()) return `${entry.fileName} is encrypted`;
    if (!isPlain(entry)) return `${entry.fileName} is a link or a device`;
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
  }
  // Members that share their bytes make a small archive unpack to more than any disk holds.
  if (packed > archiveSize) return `its members overlap: ${packed} bytes in an archive of ${archiveSize}`;
  if (unpacked > harmless && unpacked > archiveSize * steepest) {
    return `it would unpack from ${archiveSize} bytes to ${unpacked}`;
  }
  return undefined;
}

const harmless = 256 * 1024 * 1024;
const steepest = 200;

/** A file or a folder, as Unix has it in the upper half of the attributes; other systems leave that empty. */
function isPlain({ externalFileAttributes }: ZipEntry): boolean {
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  return kind === 0 || kind === 0o100000 || kind === 0o040000;
}

function entriesOf(source: ZipSource): Promise<{ zip: YauzlFile; entries: ZipEntry[] }> {
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
