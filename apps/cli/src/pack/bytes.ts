import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Blob } from "./pack-writer.ts";
import { type Bytes, corrupt } from "./tar.ts";

/** Where something lies in a file. */
export interface Span {
  readonly at: number;
  readonly size: number;
}

const step = 1024 * 1024;

/**
 * The bytes of a span in pieces; the next one is read while one is used, so each is good until the second one after it.
 * An error when the file has become shorter.
 */
export async function* piecesOf(file: FileHandle, { at, size }: Span, name: string): AsyncGenerator<Buffer> {
  const length = Math.min(step, size);
  const buffers = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)] as const;
  const ask = (turn: number, from: number) => {
    const answer = file.read(buffers[turn % 2 === 0 ? 0 : 1], 0, Math.min(length, at + size - from), from);
    answer.catch(() => {}); // Whoever stops in between leaves a read behind, which nobody waits for.
    return answer;
  };
  let coming = ask(0, at);
  for (let from = at, turn = 1; from < at + size; turn += 1) {
    const { buffer, bytesRead } = await coming;
    if (bytesRead === 0) throw corrupt(name, "it is cut off");
    from += bytesRead;
    if (from < at + size) coming = ask(turn, from);
    yield buffer.subarray(0, bytesRead);
  }
}

/** All of a small span. */
export async function wholeOf(file: FileHandle, span: Span, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(file, span, name)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Goes over a span without reading what is passed. */
export function seeking(file: FileHandle, { at: start, size }: Span, name: string): Bytes {
  let at = start;
  return {
    get at() {
      return at;
    },
    get left() {
      return start + size - at;
    },
    async read(length) {
      const read = await wholeOf(file, { at, size: length }, name);
      at += length;
      return read;
    },
    async pass(length) {
      at += length;
    },
  };
}

/** Reads every byte of a span once, for its digest. */
export class Hashed implements Bytes {
  at: number;
  left: number;
  readonly #hash = createHash("sha256");
  readonly #pieces: AsyncGenerator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);
  readonly #name: string;

  constructor(file: FileHandle, { at, size }: Span, name: string) {
    this.at = at;
    this.left = size;
    this.#name = name;
    this.#pieces = piecesOf(file, { at, size }, name);
  }

  async read(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.pass(length, (piece) => pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces);
  }

  async pass(length: number, onPiece?: (piece: Buffer) => void): Promise<void> {
    if (length > this.left) throw corrupt(this.#name, "it is cut off");
    for (let rest = length; rest > 0; ) {
      if (this.#piece.byteLength === 0) await this.#next();
      const part = this.#piece.subarray(0, rest);
      this.#piece = this.#piece.subarray(part.byteLength);
      onPiece?.(part);
      rest -= part.byteLength;
      this.at += part.byteLength;
      this.left -= part.byteLength;
    }
  }

  /** Of the whole span, whose rest is read for it. */
  async digest(): Promise<Blob["digest"]> {
    await this.pass(this.left);
    return `sha256:${this.#hash.digest("hex")}`;
  }

  async #next(): Promise<void> {
    const { value, done } = await this.#pieces.next();
    if (done) throw corrupt(this.#name, "it is cut off");
    this.#hash.update(value);
    this.#piece = value;
  }
}
