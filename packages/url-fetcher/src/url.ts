import type { Fetcher } from "@preload/core";
import { addressOf, refuseNoDigest } from "./address.ts";
import { expandUser, inUserCache, pathOf } from "./cache-dir.ts";
import { type FileClient, type FileFetcherOptions, fileFetcher } from "./file-fetcher.ts";
import { targetOf } from "./target.ts";

/**
 * Files for programs of your own, which look in `$PRELOAD_URL_DIR`:
 *
 *   { ref: "url:https://host/words.txt", sha256: …, target: "words/{name}" }   ->  <dir>/words/words.txt
 */
export const urlClient: FileClient = {
  name: "url",
  cacheDir(machine) {
    const { PRELOAD_URL_DIR: dir } = machine.env;
    if (!dir) return inUserCache(machine, "preload", "files");
    return { dir: pathOf(machine).resolve(machine.cwd, expandUser(dir, machine)), rule: "PRELOAD_URL_DIR" };
  },
  environment: (dir) => ({ set: { PRELOAD_URL_DIR: dir } }),
  mirrors: (endpoints) => ["https", "http"].map((protocol) => ({ base: `${protocol}://`, mirrors: endpoints })),
  refuseBad(ref) {
    addressOf(ref);
    refuseNoDigest(ref);
  },
  owns(ref) {
    const target = targetOf(ref);
    return (path) => path === target || (ref.options.unzip === true && path.startsWith(`${target}/`));
  },
  resolve: async (ref, source) => (await import("./resolve-url.ts")).resolveUrl(ref, source),
};

/** What programs of your own want: files by their address and digest, below one directory. */
export function url(options: FileFetcherOptions = {}): Fetcher {
  return fileFetcher(urlClient, options);
}

/** The zod schema of what the config may say beside a `url:` ref. Loads the validator. */
export async function urlOptions(): Promise<typeof import("./options.ts").urlSchema> {
  return (await import("./options.ts")).urlSchema;
}
