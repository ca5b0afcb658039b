import type { Connection } from "./connection.ts";

interface Piece {
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

/**
 * A body as it comes, in pieces as large as the connection's memory. A piece is good until the next one is asked for:
 * meanwhile the connection fills its other slab.
 */
export class WireBody implements AsyncIterable<Uint8Array> {
  readonly #pieces: Piece[] = [];
  #lent: Piece | undefined;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly connection: Connection) {}

  push(bytes: Uint8Array, release: () => void): void {
    this.#pieces.push({ bytes, release });
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

  /** Gives up what is still to come. The connection goes with it unless everything came. */
  destroy(): void {
    this.#takeBack();
    // What nobody reads is memory that the connection waits for, and it may be on its next answer already.
    for (const { release } of this.#pieces.splice(0)) release();
    if (!this.#ended) this.connection.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        this.#takeBack();
        const piece = this.#pieces.shift();
        if (piece) {
          this.#lent = piece;
          yield piece.bytes;
        } else if (this.#error) {
          throw this.#error;
        } else if (this.#ended) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.destroy();
    }
  }

  #takeBack(): void {
    this.#lent?.release();
    this.#lent = undefined;
  }
}
