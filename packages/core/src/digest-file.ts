import { open } from "node:fs/promises";
import { finishDigest, startDigest } from "./digest.ts";
import { PreloadError } from "./errors.ts";
import type { Digest } from "./types.ts";

const step = 1024 * 1024;

interface DigestFileOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRead?: (bytes: number) => void;
}

/** The digest of a file, of the same kind as the expected one. Memory stays flat. @throws PreloadError `ABORTED` */
export async function digestFile(
  path: string,
  expected: { readonly size: number; readonly digest: Digest },
  options: DigestFileOptions = {},
): Promise<Digest> {
  const hash = startDigest(expected.digest, expected.size);
  const file = await open(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(step, Math.max(expected.size, 1)));
    for (;;) {
      if (options.signal?.aborted) throw new PreloadError("ABORTED", "stopped");
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength);
      if (bytesRead === 0) return finishDigest(hash, expected.digest);
      hash.update(buffer.subarray(0, bytesRead));
      options.onRead?.(bytesRead);
    }
  } finally {
    await file.close();
  }
}
