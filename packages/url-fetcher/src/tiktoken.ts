import type { Fetcher, Ref } from "@preload/core";
import { addressOf, isAddress, refuseNoDigest } from "./address.ts";
import { type CacheDir, inUserCache, pathOf } from "./cache-dir.ts";
import { cacheName, encodings, tiktokenBase } from "./encodings.ts";
import { type FileClient, type FileFetcherOptions, fileFetcher, mirrorsOf } from "./file-fetcher.ts";

/** What tiktoken.get_encoding reads: files without extension in one folder, which is named by a variable. */
export const tiktokenClient: FileClient = {
  name: "tiktoken",
  /**
   * `TIKTOKEN_CACHE_DIR`, else `DATA_GYM_CACHE_DIR`, as tiktoken reads them. Its own default is a folder among the
   * system's temporary files, which is another one for each TMPDIR and gone after a restart; set to nothing, the
   * variable makes it keep nothing. In both cases a folder that stays is used, and the environment leads there.
   */
  cacheDir(machine): CacheDir {
    const names = ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"];
    const name = names.find((one) => machine.env[one] !== undefined);
    const written = name === undefined ? undefined : machine.env[name];
    if (name !== undefined && written) return { dir: pathOf(machine).resolve(machine.cwd, written), rule: name };
    const usual = inUserCache(machine, "tiktoken");
    return name === undefined ? usual : { ...usual, rule: `${usual.rule} (${name} is set, but empty)` };
  },
  environment: (dir) => ({ set: { TIKTOKEN_CACHE_DIR: dir } }),
  mirrors: (endpoints) => mirrorsOf(tiktokenBase, endpoints),
  refuseBad(ref) {
    if (isAddress(ref)) addressOf(ref);
    refuseNoDigest(ref);
  },
  owns(ref) {
    const owned = urlsOf(ref).map(cacheName);
    return (path) => owned.includes(path);
  },
  resolve: async (ref, source) => (await import("./resolve-tiktoken.ts")).resolveTiktoken(ref, source),
};

/** What tiktoken wants: the file of each encoding under the sha1 of its address. */
export function tiktoken(options: FileFetcherOptions = {}): Fetcher {
  return fileFetcher(tiktokenClient, options);
}

/** The zod schema of what the config may say beside a `tiktoken:` ref. Loads the validator. */
export async function tiktokenOptions(): Promise<typeof import("./options.ts").tiktokenSchema> {
  return (await import("./options.ts")).tiktokenSchema;
}

function urlsOf(ref: Ref): string[] {
  if (isAddress(ref)) return [addressOf(ref)];
  return Object.hasOwn(encodings, ref.name) ? (encodings[ref.name] ?? []).map(({ url }) => url) : [];
}
