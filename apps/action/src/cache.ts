import { setTimeout as pause } from "node:timers/promises";
import { isFeatureAvailable, restoreCache, saveCache } from "@actions/cache";
import { type Unpacking, unpackingInto } from "./cache-exec.ts";
import { listening } from "./cache-log.ts";
import { hasGnuTar } from "./gnu-tar.ts";

/** What came of asking the cache. `trouble` is why it could not be used, in its own words. */
interface Answered {
  /** The key of what was found. */
  readonly key?: string;
  readonly trouble?: string;
}

/** The cache of GitHub, or of whoever speaks its protocol. A fault of it is an answer, never an error. */
export interface Cache {
  /** Why it cannot be used here at all, or not any more: what did not answer once is not asked again. */
  readonly away: string | undefined;
  /** Unpacks an entry: of the first key found, else of the newest that begins so. */
  restore(folder: string, keys: Keys, unpacking: Unpacking): Promise<Answered>;
  /** The same, and only says what would be restored. */
  lookUp(folder: string, keys: Keys): Promise<Answered>;
  /** Keeps a folder of the working directory under a key, once. */
  save(folder: string, key: string, bytes: number): Promise<Answered>;
}

interface Keys {
  readonly first: string;
  /** Beginnings of keys, the best one first. */
  readonly others: readonly string[];
}

/** @param patience milliseconds for an answer; a transfer has as much, and a second for each megabyte */
export function githubCache(env: NodeJS.ProcessEnv, patience = 60_000): Cache {
  let away = whyAway(env);
  let first: Promise<Answered> | undefined;
  // `true` at the end: on Windows, too, since what is in an entry depends on no platform.
  const find = (folder: string, { first, others }: Keys, lookupOnly: boolean) =>
    answerOf(() => restoreCache([folder], first, [...others], { lookupOnly }, true));
  const bounded = async (work: () => Promise<Answered>, bytes = 0): Promise<Answered> => {
    if (away !== undefined) return { trouble: away };
    const answered = await within(patience + bytes / 1000, work);
    if (isSilence(answered.trouble)) away = answered.trouble;
    return answered;
  };
  return {
    get away() {
      return away;
    },
    async restore(folder, keys, where) {
      // Whether anybody answers is known before the time that a transfer may take.
      first ??= bounded(() => find(folder, keys, true));
      await first;
      return bounded(() => unpackingInto(where, () => find(folder, keys, false)), where.most);
    },
    lookUp: (folder, keys) => bounded(() => find(folder, keys, true)),
    save: (folder, key, bytes) =>
      bounded(
        () => answerOf(async () => ((await saveCache([folder], key, undefined, true)) === -1 ? undefined : key)),
        bytes,
      ),
  };
}

const noAnswer = "it did not answer in time";

/** The answer, or that there was none: the library waits for a quarter of an hour, and for an upload for ever. */
async function within(milliseconds: number, work: () => Promise<Answered>): Promise<Answered> {
  const over = new AbortController();
  const silence = pause(milliseconds, { trouble: noAnswer }, { signal: over.signal }).catch(() => ({}));
  try {
    return await Promise.race([work(), silence]);
  } finally {
    over.abort();
  }
}

/** Nothing, or five errors of a server one after another: with the next entry it would be the same. */
function isSilence(trouble: string | undefined): boolean {
  return trouble === noAnswer || trouble?.includes("Failed to make request after") === true;
}

function whyAway(env: NodeJS.ProcessEnv): string | undefined {
  if (env.GITHUB_SERVER_URL && !URL.canParse(env.GITHUB_SERVER_URL)) {
    return `GITHUB_SERVER_URL is no address: ${env.GITHUB_SERVER_URL}`;
  }
  if (!isFeatureAvailable()) return "there is no cache service here";
  // Without it, an entry that somebody prepared could write anywhere on this machine.
  if (!hasGnuTar(env)) return "entries are unpacked with GNU tar alone, and there is none here";
  return undefined;
}

async function answerOf(work: () => Promise<string | undefined>): Promise<Answered> {
  try {
    const { value: key, warnings } = await listening(work);
    if (key !== undefined) return { key };
    const [trouble] = warnings;
    return trouble === undefined ? {} : { trouble };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}
