import { createHash } from "node:crypto";
import { type Answer, PreloadError, type ZipSource } from "@preload/core";
import { refused, type Source } from "./ask.ts";
import { fetchWhole, mustBe } from "./whole-wheel.ts";

/** A published wheel that can be read at any place, without fetching all of it where ranges are answered. */
export interface WheelSource extends ZipSource {
  close(): Promise<void>;
}

// Holds the list of a wheel of some hundred files, and RECORD, which is packed last.
// A zip reader looks through the last 64 KiB and some bytes for the end mark: less than that, and it asks again.
const tailSize = 128 * 1024;

/** Opens a wheel at one address. @throws PreloadError `DIGEST_MISMATCH` when all of its bytes were seen and are wrong */
export async function openWheelSource(address: string, sha256: string, source: Source): Promise<WheelSource> {
  const tail = (await lastBytes(address, source)) ?? (await lastBytesByPosition(address, source));
  if (tail === undefined) return fetchWhole(address, sha256, source);
  const { size, bytes } = tail;
  const start = size - bytes.byteLength;
  if (start === 0) mustBe(sha256, createHash("sha256").update(bytes).digest("hex"), size, address);
  return {
    size,
    close: async () => {},
    async read(offset, length) {
      if (offset >= start) return bytes.subarray(offset - start, offset - start + length);
      const answer = await getRange(address, `bytes=${offset}-${offset + length - 1}`, length, source);
      if (answer?.status === 206 && answer.body.byteLength === length) return answer.body;
      throw new PreloadError("BAD_ANSWER", `${address} does not answer with the range it was asked for`);
    },
  };
}

interface Tail {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
}

async function lastBytes(address: string, source: Source): Promise<Tail | undefined> {
  const answer = await getRange(address, `bytes=-${tailSize}`, tailSize, source);
  return answer && tailOf(answer);
}

// Azure's storage, which GitHub keeps release files in, answers no range that counts from the end.
async function lastBytesByPosition(address: string, source: Source): Promise<Tail | undefined> {
  const size = totalOf(await getRange(address, "bytes=0-0", 1, source));
  if (size === undefined) return undefined;
  const start = Math.max(0, size - tailSize);
  const answer = await getRange(address, `bytes=${start}-${size - 1}`, tailSize, source);
  return answer && tailOf(answer);
}

function tailOf(answer: Answer): Tail | undefined {
  const bytes = answer.body;
  if (answer.status === 200) return { bytes, size: bytes.byteLength };
  const size = totalOf(answer);
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(answer.headers["content-range"] ?? "") ?? [];
  if (size === undefined || Number(last) + 1 !== size || size - Number(first) !== bytes.byteLength) return undefined;
  return { bytes, size };
}

function totalOf(answer: Answer | undefined): number | undefined {
  const total = /\/(\d+)$/.exec(answer?.headers["content-range"] ?? "")?.[1];
  return answer?.status === 206 && total !== undefined ? Number(total) : undefined;
}

// What a server says to a kind of range that it does not know.
const rangeRefusals = new Set([400, 416, 501]);

/** Undefined when the address does not answer this range: with more bytes than were asked for, or a refusal. */
async function getRange(address: string, range: string, maxBytes: number, source: Source): Promise<Answer | undefined> {
  const request = { headers: { range }, maxBytes, signal: source.signal };
  const answer = await source.http.get(address, request).catch((error: unknown) => {
    if (error instanceof PreloadError && error.code === "BAD_ANSWER") return undefined;
    throw error;
  });
  if (answer === undefined || rangeRefusals.has(answer.status)) return undefined;
  if (answer.status !== 200 && answer.status !== 206) throw refused(answer, address);
  return answer;
}
