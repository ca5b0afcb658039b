import { type Body, sha256 } from "./body.ts";

/** What a guest network says in place of any page. */
export const portal =
  "<!doctype html><title>Welcome to the guest network</title><p>Please accept our terms to go on.\n";

/** The text Git LFS keeps in git in place of a file. */
export function lfsPointer(body: Body): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(body)}\nsize ${body.size}\n`;
}

/** The same with one other byte. The etag stays: a cache that went wrong does not notice. */
export function flipped(body: Body, at: number): Body {
  return {
    ...body,
    *read(start, end) {
      let position = start;
      for (const chunk of body.read(start, end)) {
        const index = at - position;
        position += chunk.length;
        yield index >= 0 && index < chunk.length ? withFlipped(chunk, index) : chunk;
      }
    },
  };
}

function withFlipped(chunk: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(chunk);
  copy[index] = (copy[index] ?? 0) ^ 0xff;
  return copy;
}

/** The same with zeros at the end, or cut off. */
export function resized(body: Body, size: number): Body {
  return {
    ...body,
    size,
    *read(start, end) {
      yield* body.read(start, Math.min(end, body.size));
      const missing = end - Math.max(start, body.size);
      if (missing > 0) yield new Uint8Array(missing);
    },
  };
}
