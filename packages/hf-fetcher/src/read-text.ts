import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addressesOf, digestOf, type Http, type Mirror, PreloadError, whatItIs } from "@preload/core";
import { askInOrder } from "./ask.ts";
import { blobPath, fileUrl } from "./layout.ts";
import { refusal } from "./refusal.ts";
import type { Repo } from "./repo.ts";
import type { RepoFile } from "./snapshot.ts";

export interface ReadOptions {
  readonly http: Http;
  readonly mirrors: readonly Mirror[];
  /** The cache, if what lies there already may be read from it. */
  readonly dir?: string | undefined;
  readonly token: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The content of a small file at a commit, checked against the listing.
 *
 * @throws PreloadError `DIGEST_MISMATCH`, and what `refusal` says
 */
export async function readText(repo: Repo, commit: string, file: RepoFile, options: ReadOptions): Promise<string> {
  const { http, mirrors, dir, token, signal } = options;
  const kept = dir === undefined ? undefined : await keptText(join(dir, blobPath(repo, file)), file);
  if (kept !== undefined) return kept;
  return askInOrder(addressesOf(fileUrl(repo, commit, file.path), mirrors), async (address) => {
    const { status, headers, body, url } = await http.get(address, signal ? { signal } : {});
    if (status < 200 || status > 299) {
      throw refusal({ status, headers, text: new TextDecoder().decode(body), url }, repo, { token });
    }
    const received = digestOf(body, file.digest);
    if (received === file.digest) return new TextDecoder().decode(body);
    throw new PreloadError(
      "DIGEST_MISMATCH",
      `${address} is not the file it should be\n  expected ${file.digest}\n  received ${received} (${body.byteLength} bytes)${whatItIs(body)}`,
      { hint: "If a proxy or mirror stands in between, try --endpoint hf=https://huggingface.co" },
    );
  });
}

// What Python has downloaded is as good as what is downloaded now.
async function keptText(path: string, { digest }: RepoFile): Promise<string | undefined> {
  // Whatever is wrong with the file, the check of the cache says it better.
  const body = await readFile(path).catch(() => undefined);
  return body && digestOf(body, digest) === digest ? new TextDecoder().decode(body) : undefined;
}
