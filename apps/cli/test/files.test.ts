import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256, tree } from "@preload/core/testing";
import { expect, test } from "vitest";
import { type World, world } from "./support/world.ts";

const words = "models.example.com/demo/words.txt";
const lists = "models.example.com/demo/lists.zip";

/** A project with a file for each of the clients of plain files. */
function fileWorld(more = ""): Promise<World> {
  return world({
    config: ({ catalog }) => {
      const digestOf = (name: string) => sha256(catalog.files?.[name] as Uint8Array);
      return `profiles:
  test:
    - nltk:punkt_tab
    - nltk:demo_words
    - torch:linear-9c7971aa.pth
    - ggml:tiny-demo
    - { ref: "url:https://${words}", sha256: ${digestOf(words)}, target: "words/{name}" }
    - { ref: "url:https://${lists}", sha256: ${digestOf(lists)}, target: lists, unzip: true }
    - ref: tiktoken:https://openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken
      sha256: ${digestOf("openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken")}
${more}`;
    },
  });
}

const cached = [
  "preload/files/lists/lists/english.txt 36",
  "preload/files/lists/lists/stop/short.txt 6",
  "preload/files/words/words.txt 36",
  "tiktoken/a9c34a7ae635b26da8e3ee1b71d661e98fbb65ce 2414",
  "torch/hub/checkpoints/linear-9c7971aa.pth 1893",
  "whisper.cpp/ggml-tiny-demo.bin 48",
];

test("each file lies where its client looks, and a second run asks nobody", async () => {
  const { preload, home, demo } = await fileWorld();

  const first = await preload([]);
  demo.origin.clear();
  const second = await preload(["ci"]);

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(await tree(join(home, ".cache"))).toEqual(cached);
  expect(await tree(join(home, "nltk_data"))).toEqual([
    "corpora/demo_words.zip 393",
    "tokenizers/punkt_tab/README 55",
    "tokenizers/punkt_tab/english/abbrev_types.txt 21",
    "tokenizers/punkt_tab/english/collocations.tab 14",
    "tokenizers/punkt_tab/english/ortho_context.tab 16",
    "tokenizers/punkt_tab/english/sent_starters.txt 12",
  ]);
  expect(demo.origin.requests).toEqual([]);
});

test("every command knows them", async () => {
  const { preload, home, demo } = await fileWorld();
  const result = async (...args: string[]) => {
    const { code, stdout } = await preload([...args, "--json"]);
    return { code, ...JSON.parse(stdout) };
  };

  const plan = await result("plan");
  const locked = await result("lock");
  demo.origin.clear();
  const lockedAgain = await result("lock", "--upgrade");
  expect(plan.models).toHaveLength(7);
  expect(locked.code).toBe(0);
  // Neither archive has changed, so neither is read again.
  expect([lockedAgain.code, demo.origin.count("punkt_tab.zip"), demo.origin.count("lists.zip")]).toEqual([0, 0, 0]);

  expect((await result("install")).code).toBe(0);
  expect((await result("verify", "--deep")).code).toBe(0);
  const list = await result("list");
  expect(list.models.map(({ state }: { state: string }) => state)).toEqual(Array(7).fill("complete"));
  expect(list.foreign).toEqual([]);

  await writeFile(join(home, "nltk_data/tokenizers/punkt_tab/README"), "another");
  expect((await result("verify")).code).toBe(4);
  expect((await result("ci")).code).toBe(0);
  expect((await result("verify", "--deep")).code).toBe(0);

  expect((await result("doctor", "--net")).code).toBe(0);
  expect((await result("clean", "--all-known", "--yes")).code).toBe(0);
  const left = [...(await tree(join(home, ".cache"))), ...(await tree(join(home, "nltk_data")))];
  expect(left.filter((line) => !line.endsWith("/"))).toEqual([]);
  expect((await result("verify")).code).toBe(3);
});
