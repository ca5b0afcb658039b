import type { WireBody } from "./body.ts";
import { Unusual } from "./connection.ts";

/** The content of a chunked body. Its connection is not used again. */
export class ChunkedBody implements AsyncIterable<Uint8Array> {
  constructor(private readonly framed: WireBody) {}

  destroy(): void {
    this.framed.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    /** Bytes of the current chunk still to come; undefined while its size is read. */
    let left: number | undefined;
    let line = "";
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
        if (!line.endsWith("\n")) continue;
        // The line after a chunk is empty.
        if (line.trim() !== "") left = sizeOf(line);
        if (left === 0 && line.trim() !== "") return this.destroy();
        line = "";
      }
    }
    throw Object.assign(new Error("the connection was closed early"), { code: "ECONNRESET" });
  }
}

/** The first field of `1a2b;name=value`. */
function sizeOf(line: string): number {
  const found = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(line.trim());
  if (!found) throw new Unusual("a chunk without a size");
  return Number.parseInt(found[1] ?? "", 16);
}
