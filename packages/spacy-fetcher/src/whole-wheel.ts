import { createHash } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onDisk, PreloadError, piecesOf } from "@preload/core";
import { refused, type Source } from "./ask.ts";
import type { WheelSource } from "./wheel-source.ts";

/** Fetches a wheel into a temporary file, for an address that answers no ranges. It is gone once closed. */
export async function fetchWhole(address: string, sha256: string, source: Source): Promise<WheelSource> {
  const folder = await mkdtemp(join(tmpdir(), "preload-wheel-"));
  const file = await open(join(folder, "wheel"), "wx+");
  const close = async () => {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const answer = await source.http.open(address, { signal: source.signal });
    if (answer.status !== 200) {
      answer.body.destroy();
      throw refused(answer, address);
    }
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of piecesOf(answer, source.http)) {
      hash.update(chunk);
      size += chunk.byteLength;
      await onDisk(folder, () => file.appendFile(chunk), "TMPDIR");
    }
    mustBe(sha256, hash.digest("hex"), size, address);
    return { size, close, read: async (offset, length) => readAt(file, offset, length) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readAt(file: Awaited<ReturnType<typeof open>>, offset: number, length: number): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** @throws PreloadError `DIGEST_MISMATCH` */
export function mustBe(expected: string, received: string, size: number, address: string): void {
  if (received === expected) return;
  const facts = `  expected ${expected}\n  received ${received} (${size} bytes)`;
  throw new PreloadError("DIGEST_MISMATCH", `${address} is not the wheel that was published\n${facts}`, {
    hint: "If a proxy or mirror stands in between, try --endpoint with the original one.",
  });
}
