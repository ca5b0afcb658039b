/** Where the bytes of a file are put while they come: a file on the disk, or memory. */
export interface Target {
  /** True when there can be nothing in it that is worth a look. */
  readonly isNew?: boolean;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
}

/** Memory for a file of a known size. Never grows: what is longer is refused before it is written. */
export class MemoryTarget implements Target {
  readonly isNew = true;
  readonly #memory: Buffer;
  #end = 0;

  constructor(size: number) {
    this.#memory = Buffer.allocUnsafe(size);
  }

  /** What is there so far. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#end);
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    const bytesRead = this.#memory.copy(buffer, offset, position, Math.min(position + length, this.#end));
    return { bytesRead };
  }

  async write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> {
    this.#memory.set(buffer.subarray(offset, offset + length), position);
    this.#end = Math.max(this.#end, position + length);
    return { bytesWritten: length };
  }

  async truncate(length: number): Promise<void> {
    this.#end = Math.min(this.#end, length);
  }

  async datasync(): Promise<void> {}
}
