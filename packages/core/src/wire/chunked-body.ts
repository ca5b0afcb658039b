import type { WireBody } from "./body.ts";
import { Unusual } from "./unusual.ts";

/** The content of a chunked body. Its connection is not used again. */
export class ChunkedBody implements AsyncIterable<Uint8Array> {
  constructor(private readonly framed: WireBody) {}

  destroy(): void {
    this.framed.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    /** Bytes of the current chunk still to come; undefined while the first size is read. */
    let left: number | undefined;
    let line = "";
    let isSize = true;
    for await (const piece of this.framed) {
      for (let at = 0; at < piece.byteLength; ) {
        if (left !== undefined && left > 0) {
          const bytes = Math.min(left, piece.byteLength - at);
          yield piece.subarray(at, at + bytes);
          at += bytes;
          left -= bytes;
          continue;
        }
        line += String.fromCharCode(piece[at] ?? 0);
        at += 1;
        if (line.length > longestLine) throw new Unusual("a chunk whose line does not end");
        if (!line.endsWith("\n")) continue;
        // The line after a chunk is empty. Nothing else would do: the bytes that follow could be taken for what they are not.
        if (isSize) left = sizeOf(line);
        else if (line !== "\r\n") throw new Unusual("a chunk that is longer than it said");
        if (isSize && left === 0) return this.destroy();
        isSize = !isSize;
        line = "";
      }
    }
    throw Object.assign(new Error("the connection was closed early"), { code: "ECONNRESET" });
  }
}

// As Node's parser has it, for a size and what may stand behind it.
const longestLine = 16 * 1024;

/** The first field of `1a2b;name=value`. */
function sizeOf(line: string): number {
  const found = /^([0-9a-f]{1,12})[ \t]*(?:;[^\r\n]*)?\r\n$/i.exec(line);
  if (!found) throw new Unusual("a chunk without a size");
  return Number.parseInt(found[1] ?? "", 16);
}
