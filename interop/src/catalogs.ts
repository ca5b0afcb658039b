import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bytes, pattern } from "@preload/core/testing";
import { type Catalog, type Files, type HubRepo, hubRepo } from "@preload/demo-origin";
import { interopDir } from "./environments.ts";

/** A catalog of repositories of the Hub, and nothing else. */
export function hubCatalog(...repos: HubRepo[]): Catalog {
  return { repos, whisper: [], spacy: [], tokens: {} };
}

/** What makes cache writers stumble: folders, empty files, equal files, and names that URLs and shells take apart. */
export function awkwardRepo(): HubRepo {
  return hubRepo({
    id: "interop/awkward",
    files: {
      ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
      "config.json": "{}",
      "empty.txt": "",
      "also empty.txt": "",
      "a/b/c/deep.json": "{}",
      "a/.hidden": "hidden",
      "with space/and more space.txt": "space",
      "hash#tag.txt": "hash",
      "100% sure.txt": "percent",
      "%20.txt": "looks encoded",
      "plus+and&.txt": "plus",
      "question?.txt": "question",
      "größe/日本語.txt": "unicode",
      "quote'\".txt": "quotes",
      "weights.bin": pattern(300_000, 7),
      "copy/weights.bin": pattern(300_000, 7),
      "empty.bin": "",
    },
  });
}

/** Large enough, and of enough files, that two writers meet. */
export function contestedRepo(): HubRepo {
  const shards = Array.from({ length: 6 }, (_, index) => [`shard-${index}.bin`, pattern(400_000 + index, index)]);
  return hubRepo({ id: "interop/contested", files: { "config.json": "{}", ...Object.fromEntries(shards) } });
}

/** The repository at two times. */
export function movingRepo(): { readonly before: HubRepo; readonly after: HubRepo } {
  const same: Files = { "tokenizer.json": "{}", "nested/vocab.txt": "a\nb\n" };
  return {
    before: hubRepo({
      id: "interop/moving",
      files: { ...same, "config.json": "{}", "old.json": "{}", "model.bin": pattern(200_000, 1) },
    }),
    after: hubRepo({
      id: "interop/moving",
      files: { ...same, "config.json": '{"v":2}', "new.json": "[]", "model.bin": pattern(200_000, 2) },
    }),
  };
}

/** A BART that says itself how it writes. Without its file it would write otherwise, and nobody would be told. */
export async function settledBart(): Promise<HubRepo> {
  const files = await filesUnder(join(interopDir, "../packages/demo-origin/fixtures/hub/tiny-bart"));
  const settings = { bos_token_id: 0, decoder_start_token_id: 2, eos_token_id: 2, pad_token_id: 1 };
  const own = { ...settings, no_repeat_ngram_size: 1 };
  return hubRepo({ id: "interop/settled-bart", files: { ...files, "generation_config.json": JSON.stringify(own) } });
}

/** Every file under a folder, by its path with `/`. */
export async function filesUnder(dir: string): Promise<Files> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(async (path) => [path.slice(dir.length + 1), bytes(await readFile(path))] as const);
  return Object.fromEntries(await Promise.all(files));
}
