import { checkWith, type Problem } from "./check.ts";
import { checkedManifest } from "./checked-manifest.ts";
import { PreloadError } from "./errors.ts";
import type { OnEvent } from "./events.ts";
import type { Lanes } from "./ranged/lanes.ts";
import type { RetryOptions } from "./retry.ts";
import type { Slots } from "./slots.ts";
import { openStamps } from "./stamps.ts";
import type { Throttle } from "./throttle.ts";
import type { ArchiveEntry, ArchiveMember, Http, Manifest, Mirror } from "./types.ts";

export interface MaterializeOptions extends RetryOptions {
  readonly dir: string;
  readonly http: Http;
  /** @default [] the public addresses themselves */
  readonly mirrors?: readonly Mirror[];
  /** False writes regular files in place of links. @default true; found out by trying on Windows */
  readonly symlinks?: boolean;
  /** Where is remembered which files were read and found right. Without it every file is read each time. */
  readonly stateDir?: string | undefined;
  /** How many large files at once: a number, or a limit that several calls share. Less than 8 holds for all. @default 8 */
  readonly concurrency?: number | Limit;
  /** The connections for large files. Share one over several calls. @default one of its own */
  readonly lanes?: Lanes | undefined;
  /** The connections for small files. Share them over several calls. @default some of its own */
  readonly slots?: Slots | undefined;
  /** Reads every byte first instead of trusting files that look as they did. @default "quick" */
  readonly depth?: "quick" | "deep";
  /** Where the members of archives come from, unpacked, instead of the archives themselves. */
  readonly members?: MemberSource | undefined;
  readonly throttle?: Throttle | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default the process's own */
  readonly platform?: NodeJS.Platform;
  readonly onEvent?: OnEvent;
}

/** Opens what an archive was unpacked to elsewhere. It needs no trust: every member is verified. */
export type MemberSource = (entry: ArchiveEntry, member: ArchiveMember) => AsyncIterable<Uint8Array>;

/** Runs a piece of work when its turn comes. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export interface Outcome {
  /** What was not as promised before, and is now. Empty for a warm run. */
  readonly mended: readonly Problem[];
  readonly fetched: { readonly files: number; readonly bytes: number };
}

/**
 * Makes the directory hold what the manifest says: verifies what is there, fetches the rest, links and texts last.
 * Nothing appears under its final name before its digest is right. An interrupted call can be repeated and continues.
 *
 * @throws PreloadError network codes, `DIGEST_MISMATCH`, `DISK_FULL`, `NOT_WRITABLE`, `CORRUPT`, `ABORTED`
 */
export async function materialize(manifest: Manifest, options: MaterializeOptions): Promise<Outcome> {
  const { dir, stateDir, depth, signal, onEvent = () => {} } = options;
  const { ref } = checkedManifest(manifest, options.platform);
  const onRead = (path: string, bytes: number) => onEvent({ type: "check", ref, path, bytes });
  const stamps = openStamps(stateDir, dir, manifest);
  const problems = await checkWith(stamps, manifest, { dir, depth, signal, onRead });
  if (problems.length === 0) {
    // A process that was killed just before its end has not noted what it proved; nor has it cleared up.
    if (stamps.hasLearned) await (await import("./sweep-drafts.ts")).sweepDrafts(manifest, dir);
    return { mended: [], fetched: { files: 0, bytes: 0 } };
  }

  // Everything that needs the network is loaded only now.
  const [{ mend }, { notePlacing }] = await Promise.all([import("./mend.ts"), import("./placed.ts")]);
  await notePlacing(stateDir, dir, manifest, signal);
  const fetched = { files: 0, bytes: 0 };
  let left: readonly Problem[] = problems;
  // A second time for what somebody has cleared away since it was looked at.
  for (let round = 0; round < 2 && left.length > 0; round += 1) {
    const more = await mend(manifest, left, { ...options, stamps, onEvent });
    fetched.files += more.files;
    fetched.bytes += more.bytes;
    left = await checkWith(stamps, manifest, { dir, signal, onRead });
  }
  if (left.length > 0) throw stillWrong(left);
  return { mended: problems, fetched };
}

function stillWrong(problems: readonly Problem[]): PreloadError {
  const lines = problems.slice(0, 5).map(({ path, reason }) => `\n  ${path}  ${reason}`);
  return new PreloadError("CORRUPT", `the directory changed while it was written${lines.join("")}`, {
    hint: "Another program may be writing or cleaning the same directory; run the same command again.",
  });
}
