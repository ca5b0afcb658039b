import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { inject } from "vitest";
import { askPython } from "../ask-client.ts";
import { sitePackagesOf } from "../make-environment.ts";
import { type World, world } from "../world.ts";

const nltkData = "raw.githubusercontent.com/nltk/nltk_data/gh-pages";

/** A home into which preload has put encodings, packages of NLTK's and a checkpoint; the published ones where there are any. */
export async function withFiles({ skip }: { skip(why: string): void }): Promise<World> {
  const why = inject("prepared").missing.files;
  if (why !== undefined) skip(why);
  const carried = join(sitePackagesOf("files"), "llama_index/core/_static");
  const [cl100k, o200k, punkt, stopwords] = await Promise.all(
    [
      "tiktoken_cache/9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
      "tiktoken_cache/fb374d419588a4632f3f557e76b4b70aebbca790",
      "nltk_cache/tokenizers/punkt_tab.zip",
      "nltk_cache/corpora/stopwords.zip",
    ].map((path) => readFile(join(carried, path))),
  );
  if (!cl100k || !o200k || !punkt || !stopwords) throw new Error("four files make four bodies");
  const catalog = await demoCatalog();
  const here = await world({
    ...catalog,
    files: {
      ...catalog.files,
      "openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken": cl100k,
      "openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken": o200k,
      [`${nltkData}/index.xml`]: Buffer.from(
        `<nltk_data><packages>${nltkPackage("punkt_tab", "tokenizers", punkt, 1)}${
          // Unpacked by its publisher's index; packed here, to have one of each kind.
          nltkPackage("stopwords", "corpora", stopwords, 0)
        }</packages></nltk_data>`,
      ),
      [`${nltkData}/packages/tokenizers/punkt_tab.zip`]: punkt,
      [`${nltkData}/packages/corpora/stopwords.zip`]: stopwords,
    },
  });
  await here.preloaded([
    ...["tiktoken:cl100k_base", "tiktoken:o200k_base", "nltk:punkt_tab", "nltk:stopwords"],
    "torch:linear-9c7971aa.pth",
  ]);
  return here;
}

function nltkPackage(id: string, subdir: string, zip: Uint8Array, unzip: 0 | 1): string {
  const sha256 = createHash("sha256").update(zip).digest("hex");
  return `<package id="${id}" subdir="${subdir}" size="${zip.length}" unzip="${unzip}" sha256_checksum="${sha256}" />`;
}

export interface Encoded {
  readonly tokens: readonly number[];
  readonly text: string;
}

/** Led by what `preload env` says, since tiktoken by itself looks among the temporary files. */
export async function tiktokenEncodes(here: World, encoding: string, text: string): Promise<Encoded> {
  const { environment } = JSON.parse(await here.preloaded(["env", "--json", "--only", "tiktoken"]));
  return askPython(here, "files", "tiktoken_encodes.py", { encoding, text }, { network: "none", env: environment });
}

export interface Tokenized {
  readonly sentences: readonly string[];
  readonly words: readonly string[];
  readonly stopwords: number;
}

export function nltkTokenizes(here: World, text: string): Promise<Tokenized> {
  return askPython(here, "files", "nltk_tokenizes.py", { text }, { network: "none" });
}

export function torchHubLoads(here: World): Promise<Readonly<Record<string, readonly number[]>>> {
  const url = "https://download.pytorch.org/models/linear-9c7971aa.pth";
  return askPython(here, "newest", "torch_hub_loads.py", { url }, { network: "none" });
}
