import { join } from "node:path";
import { describeFetcher, tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { digest, fetcherFor, origin, type Scheme } from "./worlds.ts";

const none = "0".repeat(64);

interface Refs {
  readonly ref: string;
  readonly file?: string;
  readonly badRef: string;
  readonly unknownRef: string;
}

const worlds: readonly (Refs & { readonly scheme: Scheme })[] = [
  {
    scheme: "url",
    ref: "url:https://models.example.com/demo/words.txt",
    file: "models.example.com/demo/words.txt",
    badRef: "url:ftp://models.example.com/words.txt",
    unknownRef: `url:https://models.example.com/none.txt@${none}`,
  },
  {
    scheme: "torch",
    ref: "torch:linear-9c7971aa.pth",
    badRef: "torch:not a name".replaceAll(" ", "/"),
    unknownRef: `torch:none.pth@${none}`,
  },
  {
    scheme: "tiktoken",
    ref: "tiktoken:https://openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken",
    file: "openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken",
    badRef: "tiktoken:cl100k_base@main",
    unknownRef: `tiktoken:https://openaipublic.blob.core.windows.net/encodings/none.tiktoken@${none}`,
  },
  { scheme: "nltk", ref: "nltk:punkt_tab", badRef: "nltk:punkt_tab@1.0", unknownRef: "nltk:punkt_table" },
  { scheme: "ggml", ref: "ggml:tiny-demo", badRef: "ggml:base/en", unknownRef: "ggml:none" },
];

for (const { scheme, file, ...refs } of worlds) {
  describeFetcher(scheme, {
    describe,
    expect,
    test,
    async make() {
      const demo = await origin();
      const fetcher = fetcherFor(scheme, demo, { dir: join(await tempDir(), scheme) });
      const bytes = file === undefined ? undefined : demo.catalog.files?.[file];
      const options = bytes ? { sha256: digest("sha256", bytes as Uint8Array) } : {};
      return { fetcher, origin: demo.origin, options, ...refs };
    },
  });
}
