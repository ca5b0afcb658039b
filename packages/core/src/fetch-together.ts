import { readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { onDisk } from "./disk-error.ts";
import { PreloadError } from "./errors.ts";
import { fetchInto } from "./fetch-into.ts";
import { takeLease } from "./lease.ts";
import { makeFolders } from "./make-folders.ts";
import { draftOf } from "./owner.ts";
import { folderLease, stemOf, stemsIn, takePartial } from "./partial.ts";
import { stopped } from "./retry.ts";
import { Shortcuts } from "./shortcuts.ts";
import type { Slots } from "./slots.ts";
import { MemoryTarget } from "./target.ts";
import { fromAnyAddress, type Purpose, pidEntry, type TransferContext, transfer, type Wanted } from "./transfer.ts";
import type { Http } from "./types.ts";
import { writeSynced } from "./write-synced.ts";

/** Up to here a file is kept in memory until it is verified. In bytes. */
export const smallUpTo = 1024 * 1024;

/** Fewer than these are not worth a way of their own. */
export const fewestTogether = 4;

export interface SmallFile {
  readonly wanted: Wanted;
  readonly final: string;
  readonly purpose: Purpose;
  readonly context: TransferContext;
  /** True where there are no links: another process may have moved it on to where they would be. */
  readonly movesOn: boolean;
}

export interface TogetherOptions {
  readonly slots: Slots;
  /** Runs the work for one file. A failure is its business, so that all that was begun has come to an end with us. */
  readonly attempt: (work: () => Promise<number>) => Promise<number>;
}

/**
 * Fetches many small files of one folder. What a large file has for itself, they have in common: a lease, a look at
 * what earlier runs have left. Each is verified in memory and then written at once under another name and renamed.
 *
 * Each waits for the medium before its rename, side by side with the others: the file system then commits many at once.
 *
 * Gives back how many bytes came over the network.
 */
export async function fetchTogether(
  folder: string,
  files: readonly SmallFile[],
  { slots, attempt }: TogetherOptions,
): Promise<number> {
  const [first] = files;
  if (!first) return 0;
  const { signal, onEvent, ref, path, http } = first.context;
  slots.expect(http.quickestAnswer?.() ?? 0);
  return onDisk(folder, async () => {
    makeFolders(folder);
    const lease = await takeLease(join(folder, folderLease), {
      isDone: () => files.every(({ purpose }) => purpose.isDone()),
      signal,
      onWait: (owner) => onEvent({ type: "wait", ref, path, ...pidEntry(owner) }),
    });
    if (!lease) {
      for (const file of files) tellPlaced(file, 0);
      return 0;
    }
    try {
      const shared = { slots, ...namesOf(folder), shortcuts: new Shortcuts() };
      const received = await Promise.all(
        files.map((file) => slots.run(file.wanted.size, (came) => attempt(() => fetchOne(file, shared, came)))),
      );
      return received.reduce((sum, bytes) => sum + bytes, 0);
    } finally {
      lease.release();
    }
  });
}

interface Shared {
  readonly slots: Slots;
  /** What was in the folder when we began. */
  readonly names: ReadonlySet<string>;
  /** Of what earlier runs have left there. */
  readonly stems: ReadonlySet<string>;
  readonly shortcuts: Shortcuts;
}

function namesOf(folder: string): Pick<Shared, "names" | "stems"> {
  const names = readdirSync(folder);
  return { names: new Set(names), stems: stemsIn(names) };
}

async function fetchOne(file: SmallFile, shared: Shared, allHasCome: () => void): Promise<number> {
  const { wanted, final, purpose, context } = file;
  if (context.signal?.aborted) throw stopped(context.signal);
  // Something of it is there: whoever left it, it is not thrown away.
  if (shared.stems.has(stemOf(final, wanted.digest))) return transfer(wanted, final, purpose, context);
  const mayBeThere = shared.names.has(basename(final)) || file.movesOn;
  const isThere = mayBeThere && purpose.isDone() && (await purpose.isRight());
  const bytes = isThere ? 0 : await onDisk(final, () => fetchVerified(file, shared, allHasCome));
  tellPlaced(file, bytes);
  return bytes;
}

async function fetchVerified(file: SmallFile, shared: Shared, allHasCome: () => void): Promise<number> {
  const { wanted, final, purpose, context } = file;
  const target = new MemoryTarget(wanted.size);
  const watched = { ...context, http: asOneOfMany(context.http, wanted, shared), askForLess: shared.slots.yield };
  try {
    const bytes = await fromAnyAddress(wanted, context, (source) => fetchInto(target, source, watched));
    allHasCome();
    const draft = draftOf(final);
    try {
      await writeSynced(draft, target.bytes);
      await purpose.use(draft);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return bytes;
  } catch (error) {
    if (!(error instanceof PreloadError && error.code === "DIGEST_MISMATCH")) keep(target.bytes, final, wanted);
    throw error;
  }
}

/** What came is continued by the next run. */
function keep(bytes: Uint8Array, final: string, { digest }: Wanted): void {
  if (bytes.byteLength === 0) return;
  try {
    const partial = takePartial(final, digest);
    writeFileSync(partial.path, bytes);
    partial.leave();
  } catch {
    // Less is kept than could be; why the fetch failed is what counts.
  }
}

/** Learns from what others got, and tells how long answers take. */
function asOneOfMany(http: Http, { digest }: Wanted, { slots, shortcuts }: Shared): Http {
  return {
    ...http,
    async open(url, options = {}) {
      const asked = performance.now();
      const answer = await shortcuts.open(http, url, digest, options);
      slots.answered(performance.now() - asked);
      return answer;
    },
  };
}

function tellPlaced({ wanted, context }: SmallFile, bytes: number): void {
  const { ref, path, onEvent } = context;
  onEvent({ type: "placed", ref, path, size: wanted.size, bytes });
}
