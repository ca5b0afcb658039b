import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { block, blockOf, ending, headerOf, padding } from "./tar.ts";

/** A blob of a pack: its name is its digest. */
export interface Blob {
  readonly digest: `sha256:${string}`;
  readonly size: number;
}

/** Writes a tar whose files are named by their digests, each in one go: its name is written when it is known. */
export class PackWriter {
  readonly #file: FileHandle;
  /** Bytes that are in the file. */
  #written = 0;
  /** Bytes that are not written yet: many small pieces are written together. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** A blob that is written piece by piece, into what `fill` is given. A piece may be used again once `write` has resolved. */
  async blob(fill: (write: (piece: Buffer) => Promise<void>) => Promise<void>): Promise<Blob> {
    const start = this.#written + this.#waitingBytes;
    const hash = createHash("sha256");
    await this.#write(Buffer.alloc(block));
    let size = 0;
    await fill(async (piece) => {
      size += piece.byteLength;
      const written = this.#write(piece);
      hash.update(piece);
      await written;
    });
    await this.#write(padding(size));
    await this.#flush();
    const digest = hash.digest("hex");
    const header = blockOf(`blobs/sha256/${digest}`, size);
    await writeWhole(this.#file, header, start);
    return { digest: `sha256:${digest}`, size };
  }

  async file(path: string, content: Buffer): Promise<void> {
    const size = content.byteLength;
    await this.#write(Buffer.concat([headerOf({ path, type: "file", size }), content, padding(size)]));
  }

  /** Gives back how large it has become. */
  async end(): Promise<number> {
    await this.#write(ending);
    await this.#flush();
    await this.#file.datasync();
    return this.#written;
  }

  async #write(piece: Buffer): Promise<void> {
    if (piece.byteLength >= together) {
      await this.#flush();
      return this.#append(piece);
    }
    this.#waiting.push(Buffer.from(piece));
    this.#waitingBytes += piece.byteLength;
    if (this.#waitingBytes >= together) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#append(bytes);
  }

  async #append(bytes: Buffer): Promise<void> {
    await writeWhole(this.#file, bytes, this.#written);
    this.#written += bytes.byteLength;
  }
}

const together = 256 * 1024;

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    done += (await file.write(bytes, done, bytes.byteLength - done, position + done)).bytesWritten;
  }
}
