import { createHash } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressesOf,
  formatRef,
  onDisk,
  PreloadError,
  piecesOf,
  type Ref,
  refusedBy,
  writeWhole,
  type ZipSource,
} from "@preload/core";
import type { Source } from "./file-fetcher.ts";

/** How a manifest knows a file. */
export interface Content {
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A file that was read from end to end, and can be read again at any place. */
export interface Bytes extends Content, ZipSource {
  readonly size: number;
  readonly sha1: string;
  readonly md5: string;
}

/**
 * Fetches a file for those who have to see its bytes before it can be locked, into a temporary file that is gone
 * afterwards. The first of its addresses that gives it is used.
 */
export async function withBytes<T>(
  url: string,
  ref: Ref,
  source: Source,
  use: (bytes: Bytes) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "preload-file-"));
  const file = await open(join(folder, "file"), "wx+");
  try {
    const content = await fromAnyAddress(file, url, ref, source);
    return await use({ ...content, read: (offset, length) => readAt(file, offset, length) });
  } finally {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Digests = Omit<Bytes, "read">;

async function fromAnyAddress(file: FileHandle, url: string, ref: Ref, source: Source): Promise<Digests> {
  let failure: unknown;
  for (const address of addressesOf(url, source.mirrors)) {
    try {
      return await receive(file, address, url, ref, source);
    } catch (error) {
      if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
      // "Not there" must not hide that another address could not be asked.
      if (failure === undefined || error.code === "NETWORK") failure = error;
    }
  }
  throw failure;
}

/** From the beginning to the end, continuing where a connection broke as long as each one brings something. */
async function receive(file: FileHandle, address: string, url: string, ref: Ref, source: Source): Promise<Digests> {
  let progress = startOver();
  for (;;) {
    const before = progress.size;
    try {
      progress = await oneRequest(file, address, url, ref, source, progress);
      return {
        size: progress.size,
        sha256: progress.sha256.digest("hex"),
        sha1: progress.sha1.digest("hex"),
        md5: progress.md5.digest("hex"),
      };
    } catch (error) {
      const isBroken = error instanceof PreloadError && ["NETWORK", "STALLED"].includes(error.code);
      if (!isBroken || progress.size <= before) throw error;
    }
  }
}

function startOver() {
  return { size: 0, sha256: createHash("sha256"), sha1: createHash("sha1"), md5: createHash("md5") };
}

type Progress = ReturnType<typeof startOver>;

async function oneRequest(
  file: FileHandle,
  address: string,
  url: string,
  ref: Ref,
  { http, signal }: Source,
  progress: Progress,
): Promise<Progress> {
  const headers: Record<string, string> = progress.size > 0 ? { range: `bytes=${progress.size}-` } : {};
  const answer = await http.open(address, { headers, ...(signal ? { signal } : {}) });
  try {
    const continues = answer.headers["content-range"]?.startsWith(`bytes ${progress.size}-`) === true;
    if (answer.status !== 200 && !(answer.status === 206 && continues)) throw refusedBy(answer, url, formatRef(ref));
    if (answer.status === 200 && progress.size > 0) {
      Object.assign(progress, startOver());
      await file.truncate(0);
    }
    const end = progress.size + Number(answer.headers["content-length"] ?? Number.NaN);
    for await (const piece of piecesOf(answer, http)) {
      for (const hash of [progress.sha256, progress.sha1, progress.md5]) hash.update(piece);
      await onDisk(tmpdir(), () => writeWhole(file, piece, progress.size), "TMPDIR");
      progress.size += piece.byteLength;
    }
    if (progress.size < end) {
      throw new PreloadError("NETWORK", `${new URL(address).host}: the answer ended early\n  for ${url}`);
    }
    return progress;
  } finally {
    answer.body.destroy();
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
