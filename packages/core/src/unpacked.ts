import { pipeline, Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { OpenAnswer } from "./types.ts";

/** The plain bytes, although we asked for nothing else: some proxies compress all the same. */
export function unpacked(answer: OpenAnswer): OpenAnswer {
  const unpack = unpackers[(answer.headers["content-encoding"] ?? "").toLowerCase()];
  if (!unpack) return answer;
  const { "content-length": _, ...headers } = answer.headers;
  // The reader sees what goes wrong.
  const body = pipeline(Readable.from(copies(answer.body), { objectMode: false }), unpack(), () => {});
  return { ...answer, headers, body };
}

/** A stream holds on to what it is given, and a piece is good only until the next one. */
async function* copies(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of body) yield Buffer.from(piece);
}

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
