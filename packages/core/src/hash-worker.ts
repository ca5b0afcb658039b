/** What the hashing thread is told. It reads files by itself: handing it the bytes costs more than it saves. */
export type HashRequest =
  | {
      readonly id: number;
      readonly type: "open";
      readonly path: string;
      readonly algorithm: "sha256" | "sha1";
      readonly prefix: string;
    }
  /** The bytes before this position are on the disk. */
  | { readonly id: number; readonly type: "read"; readonly upTo: number }
  | { readonly id: number; readonly type: "finish" }
  | { readonly id: number; readonly type: "drop" };

export type HashReply =
  | { readonly id: number; readonly type: "read"; readonly bytes: number }
  | { readonly id: number; readonly type: "digest"; readonly hex: string }
  | { readonly id: number; readonly type: "error"; readonly message: string; readonly code?: string };

/**
 * The thread's program. It is turned into text and run from there, so that no bundler has to know of a second file:
 * it may use nothing from outside of its body.
 */
export function hashWorker(): void {
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const jobs = new Map<number, { file: number; hash: import("node:crypto").Hash; position: number }>();
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

  const close = (id: number) => {
    const job = jobs.get(id);
    if (job) closeSync(job.file);
    jobs.delete(id);
  };
  const read = (id: number, upTo: number) => {
    const job = jobs.get(id);
    if (!job) return;
    let bytes = 0;
    while (job.position < upTo) {
      const length = Math.min(buffer.byteLength, upTo - job.position);
      const got = readSync(job.file, buffer, 0, length, job.position);
      if (got === 0) break;
      job.hash.update(got === buffer.byteLength ? buffer : buffer.subarray(0, got));
      job.position += got;
      bytes += got;
      if (bytes >= 32 * 1024 * 1024) {
        parentPort?.postMessage({ id, type: "read", bytes });
        bytes = 0;
      }
    }
    if (bytes > 0) parentPort?.postMessage({ id, type: "read", bytes });
  };
  parentPort?.on("message", (request: HashRequest) => {
    const { id } = request;
    try {
      if (request.type === "open") {
        const hash = createHash(request.algorithm).update(request.prefix);
        jobs.set(id, { file: openSync(request.path, "r"), hash, position: 0 });
      } else if (request.type === "read") {
        read(id, request.upTo);
      } else {
        const hex = request.type === "finish" ? jobs.get(id)?.hash.digest("hex") : undefined;
        close(id);
        if (hex !== undefined) parentPort?.postMessage({ id, type: "digest", hex });
      }
    } catch (error) {
      close(id);
      const { message, code } = error as NodeJS.ErrnoException;
      parentPort?.postMessage({ id, type: "error", message, code });
    }
  });
}
