import type { Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { publicUrl } from "./addresses.ts";
import { finishDigest, startDigest } from "./digest.ts";
import { digestMismatch, discardedHint as hint } from "./digest-mismatch.ts";
import { PreloadError } from "./errors.ts";
import type { OnEvent } from "./events.ts";
import { isRetriable } from "./network-error.ts";
import { nextTry } from "./next-try.ts";
import { piecesOf } from "./pieces-of.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { pause, type RetryOptions, stopped } from "./retry.ts";
import type { Target } from "./target.ts";
import type { Throttle } from "./throttle.ts";
import type { Digest, Http, OpenAnswer } from "./types.ts";
import { whatItIs } from "./what-it-is.ts";

export interface FetchContext extends RetryOptions {
  readonly ref: string;
  /** For events and messages. */
  readonly path: string;
  readonly http: Http;
  readonly gated: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly throttle?: Throttle | undefined;
  readonly onEvent: OnEvent;
  /** Makes fewer requests at once from now on, and says how many. */
  readonly askForLess?: (() => number) | undefined;
}

export interface Source {
  readonly url: string;
  readonly size: number;
  readonly digest: Digest;
}

/** What is on the disk so far, and its running digest. */
interface Progress {
  readonly file: Target;
  hash: Hash;
  have: number;
  /** Bytes that came over the network. */
  received: number;
  /** The first bytes of the body, to say what a wrong one is. */
  head: Buffer;
  /** What stopped the bytes before those that come next. */
  stoppedBy: "partial" | "retry" | undefined;
}

/**
 * Completes the file at `path` from one address and verifies it, continuing with what is there.
 * Gives back the bytes that came over the network.
 *
 * @throws PreloadError `DIGEST_MISMATCH` when the address gives other bytes twice
 */
export async function fetchIntoFile(path: string, source: Source, context: FetchContext): Promise<number> {
  const file = await open(path, "r+");
  try {
    return await fetchInto(file, source, context);
  } finally {
    await file.close();
  }
}

/** The same, into whatever can be written to. */
export async function fetchInto(file: Target, source: Source, context: FetchContext): Promise<number> {
  const hash = startDigest(source.digest, source.size);
  const progress: Progress = { file, hash, have: 0, received: 0, head: Buffer.alloc(0), stoppedBy: undefined };
  const { ref, onEvent } = context;
  try {
    await readBack(progress, source);
    if (progress.have > 0) progress.stoppedBy = "partial";
    onEvent({
      type: "fetch",
      ref,
      path: context.path,
      size: source.size,
      from: progress.have,
      url: publicUrl(source.url),
    });
    onEvent({ type: "bytes", ref, path: context.path, bytes: progress.have });
    // A first wrong result may come from bytes of an earlier run, or from a transfer that went wrong once.
    for (let last = false; ; last = true) {
      const wrong = await complete(progress, source, context).catch(mismatchOf);
      const error = wrong ?? verified(progress, source, context);
      if (!error) {
        await file.datasync();
        return progress.received;
      }
      await restart(progress, source, context, error.message);
      if (last) throw error;
    }
  } catch (error) {
    // Whoever continues counts what is there anew.
    onEvent({ type: "bytes", ref, path: context.path, bytes: -progress.have });
    throw error;
  }
}

function mismatchOf(error: unknown): PreloadError {
  if (error instanceof PreloadError && error.code === "DIGEST_MISMATCH") return error;
  throw error;
}

function verified(progress: Progress, source: Source, context: FetchContext): PreloadError | undefined {
  const received = finishDigest(progress.hash, source.digest);
  return received === source.digest ? undefined : digestMismatch(source, received, progress.head, context.path);
}

const step = 1024 * 1024;

/** Takes the bytes of an earlier run into the digest. */
async function readBack(progress: Progress, source: Source): Promise<void> {
  if (progress.file.isNew) return;
  const buffer = Buffer.allocUnsafe(Math.min(step, source.size + 1));
  for (;;) {
    const { bytesRead } = await progress.file.read(buffer, 0, buffer.byteLength, progress.have);
    if (bytesRead === 0) break;
    progress.hash.update(buffer.subarray(0, bytesRead));
    progress.have += bytesRead;
  }
  if (progress.have > source.size) await startOver(progress, source);
}

/** Requests until every byte is there. As long as it gets further, tries are not counted. */
async function complete(progress: Progress, source: Source, context: FetchContext): Promise<undefined> {
  const { signal } = context;
  let tries = 0;
  let furthest = progress.have;
  while (progress.have < source.size) {
    const failure = await receive(progress, source, context).catch((error: unknown) => failureOf(error, signal));
    // A connection may also break when all is there.
    if (!failure || (failure.retriable && progress.have === source.size)) continue;
    // Not what this try brought: an origin that starts over each time would go on for ever.
    if (progress.have >= furthest + 65_536) {
      tries = 0;
      furthest = progress.have;
    }
    const wait = nextTry(failure, tries, source, context);
    tries += 1;
    progress.stoppedBy = "retry";
    await pause(wait, signal);
  }
}

function failureOf(error: unknown, signal: AbortSignal | undefined): Refusal {
  if (signal?.aborted) throw stopped(signal);
  if (!(error instanceof PreloadError)) throw error;
  return { error, retriable: isRetriable(error), headers: {} };
}

/** One request, from where we are to the end. Gives back what the server refused with, if it did. */
async function receive(progress: Progress, source: Source, context: FetchContext): Promise<Refusal | undefined> {
  const { http, signal } = context;
  const headers: Record<string, string> = progress.have > 0 ? { range: `bytes=${progress.have}-` } : {};
  const answer = await http.open(source.url, { headers, ...(signal ? { signal } : {}) });
  try {
    if (progress.have > 0 && cannotContinue(answer, progress.have, source)) {
      await restart(progress, source, context, `${new URL(source.url).host} cannot continue where we stopped`);
      return undefined;
    }
    if (answer.status === 200 && progress.have > 0) {
      await restart(progress, source, context, `${new URL(source.url).host} starts from the beginning again`);
    }
    if (answer.status !== 200 && answer.status !== 206) {
      return await refusal(answer, source.url, context);
    }
    await write(progress, source, answer, context);
    return progress.have < source.size ? endedEarly(source, answer) : undefined;
  } finally {
    answer.body.destroy();
  }
}

function endedEarly(source: Source, answer: OpenAnswer): Refusal {
  const error = new PreloadError(
    "NETWORK",
    `${new URL(answer.url).host}: the answer ended early\n  for ${publicUrl(source.url)}`,
    {
      hint: "Run the same command again; it continues where it stopped.",
    },
  );
  return { error, retriable: true, headers: {} };
}

function cannotContinue(answer: OpenAnswer, from: number, source: Source): boolean {
  if (answer.status !== 206) return answer.status === 416;
  // A part of something compressed cannot be unpacked.
  if ("content-encoding" in answer.headers) return true;
  const found = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers["content-range"] ?? "");
  return found === null || Number(found[1]) !== from || (found[2] !== "*" && Number(found[2]) !== source.size);
}

const headSize = 512;

/** Each piece is used up before the next is asked for, because its memory is the connection's. */
async function write(progress: Progress, source: Source, answer: OpenAnswer, context: FetchContext): Promise<void> {
  for await (const piece of piecesOf(answer, context.http)) {
    if (progress.head.byteLength < headSize) {
      progress.head = Buffer.concat([progress.head, piece.subarray(0, headSize - progress.head.byteLength)]);
    }
    if (progress.have + piece.byteLength > source.size) {
      throw new PreloadError("DIGEST_MISMATCH", tooLong(source, answer, progress, context.path), { hint });
    }
    tellResumed(progress, source, context);
    const written = writeWhole(progress.file, piece, progress.have);
    progress.hash.update(piece);
    await written;
    progress.have += piece.byteLength;
    progress.received += piece.byteLength;
    context.onEvent({ type: "bytes", ref: context.ref, path: context.path, bytes: piece.byteLength });
    await context.throttle?.take(piece.byteLength, context.signal);
  }
  if (progress.have < source.size && answer.headers["content-length"] !== undefined && isWhole(answer, progress)) {
    throw new PreloadError("DIGEST_MISMATCH", tooShort(source, progress, context.path), { hint });
  }
}

function tellResumed(progress: Progress, source: Source, { ref, path, onEvent }: FetchContext): void {
  const { stoppedBy: after, have: from } = progress;
  if (after) onEvent({ type: "resume", ref, path, url: publicUrl(source.url), from, after });
  progress.stoppedBy = undefined;
}

/** A disk that is nearly full takes a part of a piece, and refuses the next. */
export async function writeWhole(file: Pick<Target, "write">, bytes: Uint8Array, position: number): Promise<void> {
  let { bytesWritten } = await file.write(bytes, 0, bytes.byteLength, position);
  while (bytesWritten < bytes.byteLength) {
    const rest = bytes.subarray(bytesWritten);
    bytesWritten += (await file.write(rest, 0, rest.byteLength, position + bytesWritten)).bytesWritten;
  }
}

/** The server sent all it has, and that is not all there should be: no second request brings the rest. */
function isWhole(answer: OpenAnswer, progress: Progress): boolean {
  return answer.status === 200 && Number(answer.headers["content-length"]) === progress.have;
}

async function restart(progress: Progress, source: Source, context: FetchContext, why: string): Promise<void> {
  const { ref, path, onEvent } = context;
  onEvent({ type: "discard", ref, path, url: publicUrl(source.url), why });
  onEvent({ type: "bytes", ref, path, bytes: -progress.have });
  await startOver(progress, source);
}

async function startOver(progress: Progress, source: Source): Promise<void> {
  await progress.file.truncate(0);
  progress.hash = startDigest(source.digest, source.size);
  progress.have = 0;
  progress.head = Buffer.alloc(0);
  progress.stoppedBy = undefined;
}

function tooLong(source: Source, answer: OpenAnswer, progress: Progress, path: string): string {
  const length = answer.headers["content-length"] ?? "more";
  return `the file is longer than promised\n  ${path}  expected ${source.size} bytes  received ${length}\n  from ${publicUrl(source.url)}${whatItIs(progress.head)}`;
}

function tooShort(source: Source, progress: Progress, path: string): string {
  return `the file is shorter than promised\n  ${path}  expected ${source.size} bytes  received ${progress.have}\n  from ${publicUrl(source.url)}${whatItIs(progress.head)}`;
}
