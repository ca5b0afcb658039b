import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { addressesOf, publicUrl } from "./addresses.ts";
import { digestFile } from "./digest-file.ts";
import { onDisk } from "./disk-error.ts";
import { isMissing, PreloadError } from "./errors.ts";
import { type FetchContext, fetchIntoFile, type Source } from "./fetch-into.ts";
import { takeLease } from "./lease.ts";
import { makeFolders } from "./make-folders.ts";
import { pidOf } from "./owner.ts";
import { leasePath, sweepPartials, takePartial } from "./partial.ts";
import { fetchRanged, rangedFrom } from "./ranged/fetch-ranged.ts";
import type { Lanes } from "./ranged/lanes.ts";
import { RangesIgnored } from "./ranged/read-range.ts";
import { renameOver } from "./rename-over.ts";
import { type Stamp, stampOf } from "./stamps.ts";
import type { Digest, Mirror } from "./types.ts";

/** What is wanted: the bytes at a public address, known by their digest. */
export interface Wanted {
  readonly url: string;
  readonly size: number;
  readonly digest: Digest;
}

export interface TransferContext extends FetchContext {
  readonly mirrors: readonly Mirror[];
  /** The connections that all large files share. */
  readonly lanes?: Lanes | undefined;
}

/** What verified bytes are for, and how to tell that another process has already used them so. */
export interface Purpose {
  use(verified: string): Promise<void>;
  /** Cheap, asked again and again while another process is at work. */
  isDone(): boolean;
  /** Asked once, after `isDone`. */
  isRight(): Promise<boolean>;
}

/** Where the bytes may turn up, and what was there when we last looked. */
export interface Place {
  readonly path: string;
  readonly before: Stamp | undefined;
}

/**
 * To be the file at `final`, which stays as it was until the new bytes are verified.
 * Where there are no links, another process moves it on to one of the places in `links`.
 */
export function toBecome(final: Place, wanted: Wanted, links: readonly Place[]): Purpose {
  mustNotHoldAnything(final.path);
  const isRenewed = ({ before }: Place, now: Stats | undefined) =>
    now?.isFile() === true && now.size === wanted.size && stampOf(now) !== before;
  const renewed = () =>
    isRenewed(final, statsAt(final.path))
      ? final.path
      : links.find((place) => isRenewed(place, lstatSync(place.path, { throwIfNoEntry: false })))?.path;
  return {
    use: (verified) => renameOver(verified, final.path),
    isDone: () => renewed() !== undefined,
    async isRight() {
      for (let path = renewed(); path !== undefined; path = renewed()) {
        try {
          return (await digestFile(path, wanted)) === wanted.digest;
        } catch (error) {
          // It was moved on a moment ago; there is one place less to look at.
          if (!isMissing(error)) throw error;
        }
      }
      return false;
    },
  };
}

/**
 * Fetches bytes to a name beside `final`, verifies them, and only then uses them.
 * Gives back how many came over the network: none if another process was quicker.
 */
export async function transfer(
  wanted: Wanted,
  final: string,
  purpose: Purpose,
  context: TransferContext,
): Promise<number> {
  return onlyOnce(wanted, final, purpose, context, () => fetchVerified(wanted, final, purpose, context));
}

/** Does what makes a purpose true, unless another process is at it: then waits for that, and goes on if it dies. */
export async function onlyOnce(
  wanted: Wanted,
  final: string,
  purpose: Pick<Purpose, "isDone" | "isRight">,
  context: TransferContext,
  work: () => Promise<number>,
): Promise<number> {
  const { isDone } = purpose;
  const bytes = await onDisk(final, async () => {
    makeFolders(dirname(final));
    const lease = await takeLease(leasePath(final, wanted.digest), {
      isDone,
      signal: context.signal,
      onWait: (owner) => context.onEvent({ type: "wait", ref: context.ref, path: context.path, ...pidEntry(owner) }),
    });
    if (!lease) return 0;
    try {
      // Another process may have finished between our look at the disk and the lease.
      if (isDone() && (await purpose.isRight())) return 0;
      return await work();
    } finally {
      lease.release();
    }
  });
  context.onEvent({ type: "placed", ref: context.ref, path: context.path, size: wanted.size, bytes });
  return bytes;
}

async function fetchVerified(
  wanted: Wanted,
  final: string,
  purpose: Purpose,
  context: TransferContext,
): Promise<number> {
  const partial = takePartial(final, wanted.digest);
  let bytes: number;
  try {
    bytes = await fromAnyAddress(wanted, context, (source) => fetchFrom(partial.path, source, context));
    await purpose.use(partial.path);
  } catch (error) {
    // What is wrong as it was published is not made right by another look at it.
    if (error instanceof PreloadError && (error.code === "DIGEST_MISMATCH" || error.code === "BAD_ANSWER"))
      partial.discard();
    else partial.leave();
    throw error;
  }
  partial.discard();
  sweepPartials(final, wanted.digest);
  return bytes;
}

/** A mirror needs no trust, since the digest decides: the next one is asked when one fails, whatever the reason. */
export async function fromAnyAddress(
  wanted: Wanted,
  context: TransferContext,
  fetchFrom: (source: Source) => Promise<number>,
): Promise<number> {
  const failures: PreloadError[] = [];
  for (const address of addressesOf(wanted.url, context.mirrors)) {
    try {
      return await fetchFrom({ ...wanted, url: address });
    } catch (error) {
      if (!(error instanceof PreloadError) || isOurs(error)) throw error;
      failures.push(error);
    }
  }
  throw together(failures);
}

/** One error that names every address. A file is not called missing while one of them may still have it. */
function together(failures: readonly PreloadError[]): PreloadError {
  const [weightiest] = [...failures].sort((one, other) => weightOf(one) - weightOf(other));
  if (!weightiest) return new PreloadError("USAGE", "no address to ask");
  if (failures.length === 1) return weightiest;
  const { code, hint, cause } = weightiest;
  return new PreloadError(code, failures.map(({ message }) => message).join("\nand "), { hint, cause });
}

function weightOf({ code }: PreloadError): number {
  const weight = ["NETWORK", "STALLED", "RATE_LIMITED", "DIGEST_MISMATCH", "GATED", "UNAUTHORIZED"].indexOf(code);
  return weight === -1 ? 99 : weight;
}

/** A large file in ranges, if the origin does them; anything else in one go. */
async function fetchFrom(path: string, source: Source, context: TransferContext): Promise<number> {
  const inRanges = source.size >= rangedFrom && context.lanes !== undefined && context.http.inRanges !== false;
  if (!inRanges || context.lanes === undefined) return fetchIntoFile(path, source, context);
  try {
    return await fetchRanged(path, source, context, context.lanes);
  } catch (error) {
    if (!(error instanceof RangesIgnored)) throw error;
    context.onEvent({
      type: "discard",
      ref: context.ref,
      path: context.path,
      url: publicUrl(source.url),
      why: "it gives no ranges",
    });
    await truncate(path, 0);
    return fetchIntoFile(path, source, context);
  }
}

/** No other address helps against these. */
function isOurs({ code }: PreloadError): boolean {
  return code === "ABORTED" || code === "DEADLINE" || code === "DISK_FULL" || code === "NOT_WRITABLE";
}

function mustNotHoldAnything(final: string): void {
  if (!statsAt(final)?.isDirectory() || readdirSync(final).length === 0) return;
  throw new PreloadError("CORRUPT", `${final} is a folder, and a file should be there`, {
    hint: `Look at what ${basename(final)} holds and move it away.`,
  });
}

function statsAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The process of an owner, for an event. */
export function pidEntry(owner: string): { pid?: number } {
  const pid = pidOf(owner);
  return pid === undefined ? {} : { pid };
}
