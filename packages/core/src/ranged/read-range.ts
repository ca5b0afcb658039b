import { publicUrl } from "../addresses.ts";
import { PreloadError } from "../errors.ts";
import { piecesOf } from "../pieces-of.ts";
import type { OpenAnswer } from "../types.ts";
import { blockSize, type Range } from "./ledger.ts";
import type { RangeRunOptions } from "./range-run.ts";

/** The origin answers a range with something else: the file has to be asked for as a whole. */
export class RangesIgnored extends PreloadError {
  constructor(answer: OpenAnswer, url: string) {
    const { host } = new URL(answer.url);
    super("NETWORK", `${host} answers ${answer.status} to a range with something else\n  for ${publicUrl(url)}`, {
      details: { host, cause: "RANGES_IGNORED" },
    });
  }
}

/** Writes the bytes of an answer that `isRange` to their places, noting each block that is whole. */
export async function readRange(
  range: Range,
  answer: OpenAnswer,
  options: RangeRunOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { file, context } = options;
  const { ref, path, onEvent } = context;
  let written = range.start;
  try {
    for await (const piece of piecesOf(answer, context.http)) {
      onBytes(piece.byteLength);
      // The connection reads into its other memory meanwhile.
      await file.write(piece, written);
      land(range, written, written + piece.byteLength, options);
      written += piece.byteLength;
      onEvent({ type: "bytes", ref, path, bytes: piece.byteLength });
      await context.throttle?.take(piece.byteLength, context.signal);
    }
  } finally {
    // Only whole blocks stay; the rest of a broken one comes again.
    const lost = written === range.end ? 0 : written % blockSize;
    if (lost > 0) onEvent({ type: "bytes", ref, path, bytes: -lost });
  }
}

/** True for an answer that holds just these bytes of the file. */
export function isRange({ status, headers }: OpenAnswer, range: Range, size: number): boolean {
  // A part of something compressed cannot be unpacked.
  if (status !== 206 || "content-encoding" in headers) return false;
  const found = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
  const [, start, last, total] = found ?? [];
  return Number(start) === range.start && Number(last) === range.end - 1 && (total === "*" || Number(total) === size);
}

function land(range: Range, from: number, upTo: number, { ledger, file, onFrontier }: RangeRunOptions): void {
  const before = ledger.frontier;
  // A block that began with an earlier piece is whole only now.
  const start = Math.max(range.start, Math.floor(from / blockSize) * blockSize);
  file.note(ledger.land({ start, end: upTo }));
  const { frontier } = ledger;
  if (frontier > before) onFrontier(frontier);
}
