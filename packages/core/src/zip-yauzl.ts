import { Readable } from "node:stream";
import { fromRandomAccessReader, RandomAccessReader, type ZipFile as YauzlFile, type Entry as ZipEntry } from "yauzl";
import type { ZipFile, ZipSource } from "./zip.ts";

/** The one place that knows the zip library. */
export async function listZip(source: ZipSource): Promise<ZipFile> {
  const { zip, entries } = await entriesOf(source);
  const members = entries
    .filter((entry) => !entry.fileName.endsWith("/"))
    .map((entry) => ({ path: entry.fileName, size: entry.uncompressedSize, open: () => openMember(zip, entry) }));
  return { members, close: () => zip.close() };
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
