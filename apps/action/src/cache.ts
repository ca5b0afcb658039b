import { isFeatureAvailable, restoreCache, saveCache } from "@actions/cache";
import { type AttemptOptions, attempt } from "./attempt.ts";
import type { Unpacking } from "./cache-exec.ts";
import { refused } from "./cache-http.ts";
import { whyNoGnuTar } from "./gnu-tar.ts";

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
  let late = 0;
  const bounded = async (
    work: () => Promise<string | undefined>,
    { bytes = 0, unpacking }: { readonly bytes?: number; readonly unpacking?: Unpacking } = {},
  ): Promise<Answered> => {
    if (away !== undefined) return { trouble: away };
    const transfer = bytes / 1000;
    const start = performance.now();
    const answered = await answerOf(work, { limit: patience + transfer, patience, unpacking });
    // Each may take its time, and all of them together not much more than one.
    late += Math.max(0, performance.now() - start - transfer - patience / 6);
    if (isSilence(answered.trouble)) away ??= answered.trouble;
    else if (late > patience) away ??= "it takes too long to answer";
    return answered;
  };
  // `true` at the end: on Windows, too, since what is in an entry depends on no platform.
  const find = (folder: string, { first, others }: Keys, lookupOnly: boolean) =>
    restoreCache([folder], first, [...others], { lookupOnly }, true);
  return {
    get away() {
      return away;
    },
    async restore(folder, keys, unpacking) {
      // Whether anybody answers is known before the time that a transfer may take.
      first ??= bounded(() => find(folder, keys, true));
      await first;
      return bounded(() => find(folder, keys, false), { bytes: unpacking.most, unpacking });
    },
    lookUp: (folder, keys) => bounded(() => find(folder, keys, true)),
    save: (folder, key, bytes) =>
      bounded(async () => ((await saveCache([folder], key, undefined, true)) === -1 ? undefined : key), { bytes }),
  };
}

const noAnswer = "it did not answer in time";

/** Nothing, five errors of a server one after another, or a store that lets nobody in: with the next entry it would be the same. */
function isSilence(trouble = ""): boolean {
  const isGone = trouble.includes(`${refused} 404`);
  return trouble === noAnswer || (/Failed to make request after|downloadCache\w* failed: /.test(trouble) && !isGone);
}

function whyAway(env: NodeJS.ProcessEnv): string | undefined {
  if (env.GITHUB_SERVER_URL && !URL.canParse(env.GITHUB_SERVER_URL)) {
    return `GITHUB_SERVER_URL is no address: ${env.GITHUB_SERVER_URL}`;
  }
  if (!isFeatureAvailable()) return "there is no cache service here";
  // Without it, an entry that somebody prepared could write anywhere on this machine.
  return whyNoGnuTar(env);
}

async function answerOf(work: () => Promise<string | undefined>, options: AttemptOptions): Promise<Answered> {
  try {
    const done = await attempt(work, options);
    if (done === "given up") return { trouble: noAnswer };
    const { value: key, warnings } = done;
    const [trouble] = warnings;
    // The older service has given it a number by then.
    const isSaved = !warnings.some((one) => one.startsWith("Failed to save: "));
    if (key !== undefined && isSaved) return { key };
    return trouble === undefined ? {} : { trouble };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}
