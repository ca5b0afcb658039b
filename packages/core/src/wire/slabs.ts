// Large enough that a write to the disk is worth its trip through the thread pool, small enough for many connections.
const slabSize = 512 * 1024;
// What a connection begins with: enough for a small file after the longest head.
const smallSize = 64 * 1024;
// And more than Node's TLS hands over at once, which is what it has decrypted of one read of 64 KiB.
const smallTlsSize = 128 * 1024;

interface Slab {
  readonly memory: Uint8Array;
  /** Lent to who writes it to the disk. */
  out: boolean;
}

/**
 * The memory of one connection, in two slabs: the kernel writes into one while the other is on its way to the disk.
 * When both are, there is no room, and the connection waits.
 */
export class Slabs {
  readonly #slabs: [Slab, Slab];
  /** Memory for what TLS hands over although it was told to wait; kept for the next time. */
  #spare: Slab | undefined;
  #current = 0;
  /** Where in the current slab what is not yet handed on begins, and where the next read goes. */
  #start = 0;
  #fill = 0;

  constructor(private readonly isTls: boolean) {
    this.#slabs = [this.#small(), this.#small()];
  }

  /** Where the next read goes. */
  room(): Uint8Array {
    // A TLS socket that is paused still delivers what it has decrypted, and must not do so into memory that is lent.
    if (this.isTls && this.isLent) {
      this.#slabs[this.#current] = this.#spare ?? this.#small();
      this.#spare = undefined;
      this.#start = 0;
      this.#fill = 0;
    }
    return this.#slab.memory.subarray(this.#fill);
  }

  /** Bytes were read into that room. */
  came(bytes: number): void {
    this.#fill += bytes;
  }

  /** What was read and is neither taken nor lent. */
  get waiting(): Uint8Array {
    return this.#slab.memory.subarray(this.#start, this.#fill);
  }

  take(bytes: number): void {
    this.#start += bytes;
  }

  get isFull(): boolean {
    return this.#fill === this.#slab.memory.byteLength;
  }

  /** True while there is nowhere to read to. */
  get isLent(): boolean {
    return this.#slab.out;
  }

  /** Makes room for so many bytes more, in case little is left of the slab. */
  makeRoom(bytes: number): void {
    if (this.#slab.memory.byteLength - this.#fill < bytes) this.#turn(0);
  }

  /**
   * Lends what waits, and goes on in the other slab.
   *
   * @param expected bytes that are to come with and after these, for how much memory is worth having
   * @returns a function that gives the memory back
   */
  lend(expected: number): () => void {
    const from = this.#slab;
    from.out = true;
    this.#turn(expected);
    return () => {
      from.out = false;
      this.#takeBack(from);
    };
  }

  /** For another answer: what was read is done with. */
  clear(): void {
    if (this.isLent) this.#turn(0);
    this.#start = 0;
    this.#fill = 0;
  }

  get #slab(): Slab {
    return this.#slabs[this.#current] as Slab;
  }

  #small(): Slab {
    return slab(this.isTls ? smallTlsSize : smallSize);
  }

  /** Goes on in the other slab; what is left of a head that was cut comes along. */
  #turn(expected: number): void {
    const rest = this.isLent ? new Uint8Array(0) : this.waiting;
    this.#current = 1 - this.#current;
    this.#grow(expected);
    this.#slab.memory.set(rest);
    this.#start = 0;
    this.#fill = rest.byteLength;
  }

  /** A body that does not fit gets more memory, which the connection then keeps. */
  #grow(expected: number): void {
    const { memory, out } = this.#slab;
    if (out || memory.byteLength >= slabSize || expected <= memory.byteLength) return;
    this.#slabs[this.#current] = slab(slabSize);
  }

  /** A slab whose place was taken comes back to it, or is kept for when there is none. */
  #takeBack(from: Slab): void {
    if (this.#slabs.includes(from)) return;
    const other = 1 - this.#current;
    const there = this.#slabs[other];
    if (there && !there.out && there.memory.byteLength < from.memory.byteLength) {
      this.#slabs[other] = from;
      this.#spare = there;
    } else this.#spare = from;
  }
}

function slab(size: number): Slab {
  return { memory: Buffer.allocUnsafeSlow(size), out: false };
}
