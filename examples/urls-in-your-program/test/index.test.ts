import { join } from "node:path";
import { sha256, tempDir, tree } from "@preload/core/testing";
import { startDemoOrigin } from "@preload/demo-origin";
import { expect, onTestFinished, test, vi } from "vitest";

test("the example puts each file where its client looks, and says what leads the client there", async () => {
  const { endpoints, catalog, close } = await startDemoOrigin();
  onTestFinished(close);
  const encoding = "openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken";
  const words = "models.example.com/demo/words.txt";
  const digestOf = (name: string) => sha256(catalog.files?.[name] as Uint8Array);
  const cache = await tempDir();
  const places = { tiktoken: join(cache, "t"), nltk: join(cache, "n"), url: join(cache, "u") };
  vi.stubEnv("TIKTOKEN_CACHE_DIR", places.tiktoken);
  vi.stubEnv("NLTK_DATA", places.nltk);
  vi.stubEnv("PRELOAD_URL_DIR", places.url);
  vi.stubEnv("TIKTOKEN_ENDPOINT", endpoints.tiktoken);
  vi.stubEnv("NLTK_ENDPOINT", endpoints.nltk);
  vi.stubEnv("FILES_ENDPOINT", endpoints.url);
  vi.stubEnv("TIKTOKEN_ENCODING", `https://${encoding}@${digestOf(encoding)}`);
  vi.stubEnv("WORDS_URL", `https://${words}`);
  vi.stubEnv("WORDS_SHA256", digestOf(words));
  const said = vi.spyOn(console, "log").mockReturnValue();

  await import("../index.mjs");

  const [cached = ""] = await tree(places.tiktoken);
  expect(said.mock.calls.flat()).toEqual([
    join(places.tiktoken, cached.split(" ")[0] ?? ""),
    { TIKTOKEN_CACHE_DIR: places.tiktoken },
    join(places.nltk, "tokenizers/punkt_tab"),
    { NLTK_DATA: places.nltk },
    join(places.url, "words/words.txt"),
    { PRELOAD_URL_DIR: places.url },
  ]);
});
