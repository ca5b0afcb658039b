import { expect } from "vitest";
import { nltkTokenizes, tiktokenEncodes, torchHubLoads, withFiles } from "../src/checks/files-read.ts";
import { proves, pythonClient } from "../src/proves.ts";

const tiktoken = { ...pythonClient("newest", "tiktoken"), place: "files" as const };

for (const [encoding, tokens] of [
  ["cl100k_base", [15339, 1917]],
  ["o200k_base", [24912, 2375]],
] as const) {
  proves(tiktoken, `opens ${encoding}, the published file, where \`preload env\` leads it`, async (context) => {
    const here = await withFiles(context);

    expect(await tiktokenEncodes(here, encoding, "hello world")).toEqual({ tokens, text: "hello world" });
  });
}

proves(
  pythonClient("files", "NLTK", "nltk"),
  "takes sentences apart with punkt_tab, and reads stopwords packed",
  async (context) => {
    const here = await withFiles(context);

    const { sentences, words, stopwords } = await nltkTokenizes(
      here,
      "Mr. Smith came at 5 p.m. on Monday. He didn't stay.",
    );

    expect(sentences).toEqual(["Mr. Smith came at 5 p.m. on Monday.", "He didn't stay."]);
    expect(words.slice(-5)).toEqual(["He", "did", "n't", "stay", "."]);
    expect(stopwords).toBeGreaterThan(100);
  },
);

proves(
  { ...pythonClient("newest", "torch"), place: "files" },
  "torch.hub loads a checkpoint by its address",
  async (context) => {
    const here = await withFiles(context);

    expect(await torchHubLoads(here)).toEqual({ weight: [2, 4], bias: [2] });
  },
);
