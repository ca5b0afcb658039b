import { createHash } from "node:crypto";

/** The bytes of an answer, readable from any position, so that a range of a huge file costs no memory. */
export interface Body {
  readonly size: number;
  /** Strong, with its quotes. */
  readonly etag: string;
  /** The bytes from start up to, but without, end. */
  read(start: number, end: number): Iterable<Uint8Array>;
}

const chunkSize = 64 * 1024;

/** A body that holds exactly these bytes. */
export function bytes(content: Uint8Array | string): Body {
  const buffer = typeof content === "string" ? Buffer.from(content) : content;
  const hash = createHash("sha1").update(buffer).digest("hex");
  return {
    size: buffer.length,
    etag: `"${hash}"`,
    *read(start, end) {
      for (let at = start; at < end; at += chunkSize) yield buffer.subarray(at, Math.min(end, at + chunkSize));
    },
  };
}

/**
 * A body of any size that is made while it is read, the same for the same size and seed.
 *
 *   chunk 0            chunk 1            chunk 2
 *   [0][ noise ……… ]   [1][ noise ……… ]   [2][ noi
 *
 * Every chunk carries its number, so bytes that end up in the wrong place give another digest.
 */
export function pattern(size: number, seed = 1): Body {
  let noise: Buffer | undefined;
  return {
    size,
    etag: `"pattern-${size}-${seed}"`,
    *read(start, end) {
      noise ??= noiseOf(seed);
      for (let at = start; at < end; ) {
        const number = Math.floor(at / chunkSize);
        const chunk = Buffer.from(noise);
        chunk.writeUInt32LE(number, 0);
        const first = at - number * chunkSize;
        const last = Math.min(chunkSize, end - number * chunkSize);
        yield chunk.subarray(first, last);
        at += last - first;
      }
    },
  };
}

/** All bytes of a body in one buffer; for small ones. */
export function contentOf(body: Body): Buffer {
  return Buffer.concat([...body.read(0, body.size)]);
}

/** The digest of a body in hex, found without holding the body in memory. */
export function sha256(body: Body | Uint8Array | string): string {
  return digest("sha256", toBody(body));
}

/** The name git gives to a file with this content. */
export function gitOid(body: Body | Uint8Array | string): string {
  const content = toBody(body);
  return digest("sha1", content, `blob ${content.size}\0`);
}

export function toBody(content: Body | Uint8Array | string): Body {
  return typeof content === "string" || content instanceof Uint8Array ? bytes(content) : content;
}

function digest(algorithm: string, body: Body, prefix = ""): string {
  const hash = createHash(algorithm).update(prefix);
  for (const chunk of body.read(0, body.size)) hash.update(chunk);
  return hash.digest("hex");
}

// xorshift32: fast, and the same on every machine.
function noiseOf(seed: number): Buffer {
  const noise = Buffer.alloc(chunkSize);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let at = 0; at < chunkSize; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    noise.writeUInt32LE(state >>> 0, at);
  }
  return noise;
}
