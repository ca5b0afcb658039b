import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync, writev } from "node:fs";
import { promisify } from "node:util";
import { blockSize } from "./ledger.ts";

const syncData = promisify(fdatasync);

/**
 * A large file while it is fetched: its bytes at their places, and behind them a note of which blocks are there.
 *
 *   0 … size          the bytes, with gaps
 *   size … size + 8   "preload1"
 *   … + blocks        one byte for each block: 1 once it was written
 *
 * A block is noted after it was written, so what a killed process has noted is there. The note is cut off at the end.
 * After a loss of power a noted block may be missing all the same: then the digest is wrong, and it is fetched anew.
 */
export class BlockFile {
  readonly #file: number;
  readonly #there: Uint8Array;
  readonly #queue: Piece[] = [];
  #writing = false;
  #isSealed = false;
  #failure: Error | undefined;
  #unsynced = 0;
  #syncing: Promise<void> | undefined;

  constructor(
    readonly path: string,
    private readonly size: number,
  ) {
    this.#file = openSync(path, "r+");
    this.#there = Buffer.alloc(Math.ceil(size / blockSize));
    try {
      if (!this.#readNote()) this.#adopt();
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  isThere(block: number): boolean {
    return this.#there[block] === 1;
  }

  /** Forgets every byte. */
  clear(): void {
    ftruncateSync(this.#file, 0);
    this.#there.fill(0);
    this.#writeNote();
  }

  note(blocks: readonly number[]): void {
    for (const block of blocks) {
      this.#there[block] = 1;
      writeSync(this.#file, this.#there, block, 1, this.size + magic.byteLength + block);
    }
  }

  /**
   * Writes when its turn comes: one write at a time, since the kernel lets only one at a file anyway
   * and the others would spin. What is adjacent by then is written at once.
   */
  write(bytes: Uint8Array, position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const onWritten = (error: Error | undefined) => (error ? reject(error) : resolve());
      this.#queue.push({ bytes, position, onWritten });
      if (!this.#writing) this.#writeNext();
    });
  }

  /** The first bytes, to say what a wrong file is. */
  head(): Uint8Array {
    const head = Buffer.alloc(Math.min(512, this.size));
    readSync(this.#file, head, 0, head.byteLength, 0);
    return head;
  }

  /** Waits until the bytes are on the medium, then takes the note off. */
  async seal(): Promise<void> {
    ftruncateSync(this.#file, this.size);
    this.#isSealed = true;
    await this.#syncing;
    if (this.#failure) throw this.#failure;
    await syncData(this.#file);
  }

  /** A file of which nothing is there is empty afterwards. */
  close(): void {
    try {
      if (!this.#isSealed && !this.#there.includes(1)) ftruncateSync(this.#file, 0);
    } finally {
      closeSync(this.#file);
    }
  }

  #writeNote(): void {
    writeSync(this.#file, magic, 0, magic.byteLength, this.size);
    writeSync(this.#file, this.#there, 0, this.#there.byteLength, this.size + magic.byteLength);
  }

  /** Without a note there are no gaps: it comes from a transfer in one go, or was sealed and then not given its name. */
  #adopt(): void {
    const bytes = fstatSync(this.#file).size;
    const blocks = bytes === this.size ? this.#there.length : Math.floor(bytes / blockSize);
    this.#there.fill(1, 0, bytes > this.size ? 0 : blocks);
    if (bytes > this.size) ftruncateSync(this.#file, 0);
    this.#writeNote();
  }

  #readNote(): boolean {
    const length = magic.byteLength + this.#there.byteLength;
    if (fstatSync(this.#file).size !== this.size + length) return false;
    const note = Buffer.alloc(length);
    readSync(this.#file, note, 0, length, this.size);
    if (!note.subarray(0, magic.byteLength).equals(magic)) return false;
    this.#there.set(note.subarray(magic.byteLength));
    return true;
  }

  #writeNext(): void {
    const [first] = this.#queue;
    if (!first) return;
    const pieces = this.#adjacentTo(first);
    this.#writing = true;
    this.#writeAll(
      pieces.map(({ bytes }) => bytes),
      first.position,
      (error) => {
        this.#writing = false;
        this.#failure ??= error;
        for (const { onWritten } of pieces) onWritten(this.#failure);
        this.#syncBehind(pieces);
        this.#writeNext();
      },
    );
  }

  #adjacentTo(first: Piece): Piece[] {
    const pieces: Piece[] = [];
    let end = first.position;
    for (;;) {
      const index = this.#queue.findIndex(({ position }) => position === end);
      const [piece] = index === -1 ? [] : this.#queue.splice(index, 1);
      if (!piece) return pieces;
      pieces.push(piece);
      end += piece.bytes.byteLength;
    }
  }

  #writeAll(list: Uint8Array[], position: number, done: (error: Error | undefined) => void): void {
    const length = list.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    writev(this.#file, list, position, (error, written) => {
      if (error) return done(error);
      if (written === length) return done(undefined);
      const rest = Buffer.concat(list).subarray(written);
      this.#writeAll([rest], position + written, done);
    });
  }

  // A little at a time while the network is busy, so that little is left to wait for in the end.
  #syncBehind(pieces: readonly Piece[]): void {
    this.#unsynced += pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    if (this.#syncing || this.#unsynced < 64 * blockSize) return;
    this.#unsynced = 0;
    this.#syncing = syncData(this.#file)
      // Told once and then forgotten by the system: the last one, before the rename, would know nothing of it.
      .catch((error: Error) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly position: number;
  readonly onWritten: (error: Error | undefined) => void;
}

const magic = Buffer.from("preload1");
