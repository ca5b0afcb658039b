import { open } from "node:fs/promises";
import { finishDigest, startDigest } from "./digest.ts";
import { onAbort } from "./on-abort.ts";
import { stopped } from "./retry.ts";
import type { Digest } from "./types.ts";

const step = 1024 * 1024;
// Below this, a thread takes longer to start than to read.
const worthThread = 32 * 1024 * 1024;

interface DigestFileOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRead?: (bytes: number) => void;
}

/** The digest of a file, of the same kind as the expected one. Memory stays flat. @throws PreloadError `ABORTED`, or the signal's own */
export async function digestFile(
  path: string,
  expected: { readonly size: number; readonly digest: Digest },
  options: DigestFileOptions = {},
): Promise<Digest> {
  const { signal } = options;
  if (signal?.aborted) throw stopped(signal);
  const file = await open(path, "r");
  try {
    // A thread reads as much as was promised, and would not see that there is more.
    const isLarge = expected.size >= worthThread && (await file.stat()).size === expected.size;
    if (isLarge) return await digestInThread(path, expected, options);
    const hash = startDigest(expected.digest, expected.size);
    const buffer = Buffer.allocUnsafe(Math.min(step, Math.max(expected.size, 1)));
    for (;;) {
      if (signal?.aborted) throw stopped(signal);
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength);
      if (bytesRead === 0) return finishDigest(hash, expected.digest);
      hash.update(buffer.subarray(0, bytesRead));
      options.onRead?.(bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Several files go on at once, one on each processor. */
async function digestInThread(
  path: string,
  expected: { readonly size: number; readonly digest: Digest },
  { signal, onRead }: DigestFileOptions,
): Promise<Digest> {
  const { startHashJob } = await import("./hash-pool.ts");
  const { promise: aborted, reject } = withRejection();
  const job = startHashJob({ path, size: expected.size, like: expected.digest, follows: false, onRead });
  const callOff = onAbort(signal, () => {
    job.drop();
    reject(stopped(signal));
  });
  try {
    job.advance(expected.size);
    return await Promise.race([job.finish(), aborted]);
  } finally {
    callOff();
  }
}

function withRejection(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => {}); // Nobody waits for it any more once the digest is there.
  return { promise, reject };
}
