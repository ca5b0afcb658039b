/** What is known of a large file is known by blocks of this many bytes. */
export const blockSize = 1024 * 1024;

export interface Range {
  readonly start: number;
  /** The first byte that is not part of it. */
  readonly end: number;
}

/** Which blocks of a file are on the disk, which are on their way, and which nobody has asked for yet. */
export class Ledger {
  /** For each block: 0 wanted, 1 on its way, 2 there. */
  readonly #blocks: Uint8Array;
  #frontier = 0;

  constructor(
    private readonly size: number,
    there: (block: number) => boolean = () => false,
  ) {
    this.#blocks = new Uint8Array(Math.ceil(size / blockSize));
    for (let block = 0; block < this.#blocks.length; block += 1) if (there(block)) this.#blocks[block] = 2;
  }

  /** Everything before this byte is there. */
  get frontier(): number {
    while (this.#blocks[this.#frontier] === 2) this.#frontier += 1;
    return Math.min(this.#frontier * blockSize, this.size);
  }

  get isComplete(): boolean {
    return this.frontier === this.size;
  }

  /** Bytes that are there. */
  get have(): number {
    return this.#sum(2);
  }

  /** Bytes that nobody has asked for yet. */
  get wanted(): number {
    return this.#sum(0);
  }

  /** The first bytes that are wanted, at most so many; they count as on their way from now on. */
  take(most: number): Range | undefined {
    const first = this.#blocks.indexOf(0, this.#frontier);
    if (first === -1) return undefined;
    let last = first;
    while (last < this.#blocks.length && this.#blocks[last] === 0 && (last - first) * blockSize < most) {
      this.#blocks[last] = 1;
      last += 1;
    }
    return { start: first * blockSize, end: Math.min(last * blockSize, this.size) };
  }

  /** Marks the blocks that lie wholly in the range as there, and gives their numbers back. */
  land({ start, end }: Range): number[] {
    const landed: number[] = [];
    const last = end === this.size ? this.#blocks.length : Math.floor(end / blockSize);
    for (let block = Math.ceil(start / blockSize); block < last; block += 1) {
      if (this.#blocks[block] !== 2) landed.push(block);
      this.#blocks[block] = 2;
    }
    return landed;
  }

  /** What has not landed of the range is wanted again. */
  giveBack({ start, end }: Range): void {
    for (let block = Math.floor(start / blockSize); block < Math.ceil(end / blockSize); block += 1) {
      if (this.#blocks[block] === 1) this.#blocks[block] = 0;
    }
  }

  #sum(state: number): number {
    let blocks = 0;
    for (const block of this.#blocks) if (block === state) blocks += 1;
    const isLast = this.#blocks.at(-1) === state;
    return blocks * blockSize - (isLast ? this.#blocks.length * blockSize - this.size : 0);
  }
}
