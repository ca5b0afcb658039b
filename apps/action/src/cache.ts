import { isFeatureAvailable, restoreCache, saveCache } from "@actions/cache";
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
  /** Why it cannot be used here at all. */
  readonly away: string | undefined;
  /** Puts the folder of an entry into the working directory: of the first key found, else of the newest that begins so. */
  restore(folder: string, keys: Keys): Promise<Answered>;
  /** The same, and only says what would be restored. */
  lookUp(folder: string, keys: Keys): Promise<Answered>;
  /** Keeps a folder of the working directory under a key, once. */
  save(folder: string, key: string): Promise<Answered>;
}

interface Keys {
  readonly first: string;
  /** Beginnings of keys, the best one first. */
  readonly others: readonly string[];
}

export function githubCache(env: NodeJS.ProcessEnv): Cache {
  // `true` at the end: on Windows, too, since what is in an entry depends on no platform.
  const find = (folder: string, { first, others }: Keys, lookupOnly: boolean) =>
    answerOf(() => restoreCache([folder], first, [...others], { lookupOnly }, true));
  return {
    away: whyAway(env),
    restore: (folder, keys) => find(folder, keys, false),
    lookUp: (folder, keys) => find(folder, keys, true),
    save: (folder, key) =>
      answerOf(async () => ((await saveCache([folder], key, undefined, true)) === -1 ? undefined : key)),
  };
}

function whyAway(env: NodeJS.ProcessEnv): string | undefined {
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
