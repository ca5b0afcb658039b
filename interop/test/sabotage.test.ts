import { appendFile, chmod, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { scanCacheDir } from "@huggingface/hub";
import { demoCatalog } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { cacheTree } from "../src/cache-tree.ts";
import { hubCatalog, settledBart } from "../src/catalogs.ts";
import { nltkTokenizes, tiktokenEncodes, torchHubLoads, withFiles } from "../src/checks/files-read.ts";
import { expected, folderName, hubReads } from "../src/checks/hub-reads.ts";
import { spacyLoads, withPipelines } from "../src/checks/spacy-loads.ts";
import { transformersLoads } from "../src/checks/transformers-loads.ts";
import { whisperTranscribes, withCheckpoint } from "../src/checks/whisper-transcribes.ts";
import { type Damage, danglingLink, hidden, longer, missing, newlineInRef, wrongLink } from "../src/damage.ts";
import { type World, world } from "../src/world.ts";

// A suite that cannot fail proves nothing: every check is broken on purpose here, and has to notice.

const id = "interop/settled-bart";

/** The repository as preload writes it, and then the damage. */
async function damaged(damage: Damage): Promise<World> {
  const here = await world(hubCatalog(await settledBart()));
  await here.preloaded([`hf:${id}`]);
  const { commit } = expected(here.demo, id);
  await damage.apply({ dir: join(here.hub, folderName(id)), commit });
  return here;
}

const opened = (path: string) => !/\.(?:bin|h5|msgpack|ot|onnx|md)$|^\.gitattributes$/.test(path);

for (const place of ["newest", "hub1", "older"] as const) {
  const damages: readonly [Damage, RegExp][] = [
    [newlineInRef, /LocalEntryNotFound/],
    [wrongLink("config.json", "tokenizer.json"), /"config\.json"/],
    [danglingLink, /LocalEntryNotFound|config\.json/],
    [missing("generation_config.json"), /generation_config\.json/],
    [hidden("generation_config.json"), /absent/],
    [longer("merges.txt"), /merges\.txt/],
  ];
  for (const [damage, notice] of damages) {
    test(`huggingface_hub of ${place} goes red for ${damage.what}`, async () => {
      const here = await damaged(damage);

      const red = await rejection(hubReads(here, place, [expected(here.demo, id, { paths: opened })]));

      expect(red).toMatch(notice);
    });
  }
}

for (const place of ["newest", "older"] as const) {
  const damages: readonly [Damage, RegExp][] = [
    [wrongLink("model.safetensors", "config.json"), /SafetensorError/],
    [missing("generation_config.json"), /"expected":.*no_repeat_ngram_size/],
    [hidden("generation_config.json"), /"expected":.*no_repeat_ngram_size/],
    [missing("tokenizer_config.json"), /"expected":.*"length":64/],
  ];
  for (const [damage, notice] of damages) {
    test(`transformers of ${place} goes red for ${damage.what}`, async () => {
      const here = await damaged(damage);

      const red = await rejection(transformersLoads(here, place, [{ id }]));

      expect(red).toMatch(notice);
    });
  }
}

test("the comparison of trees goes red for a newline in a ref, a wrong link, and another mode", async () => {
  const [right, ...wrong] = await Promise.all([
    damaged({ what: "nothing", apply: async () => {} }),
    damaged(newlineInRef),
    damaged(wrongLink("config.json", "tokenizer.json")),
    damaged({ what: "another mode", apply: ({ dir }) => chmod(dir, 0o700) }),
  ]);

  const tree = await cacheTree(right?.hub ?? "");
  for (const here of wrong) expect(await cacheTree(here.hub)).not.toEqual(tree);
});

test("@huggingface/hub goes red for a newline in a ref", async () => {
  const here = await damaged(newlineInRef);

  const { repos, warnings } = await scanCacheDir(here.hub);

  expect([repos.flatMap(({ revisions }) => revisions.flatMap(({ refs }) => refs)), warnings.length]).not.toEqual([
    ["main"],
    0,
  ]);
});

test("spaCy goes red for a missing file of the installation, and for one without metadata", async () => {
  const here = await withPipelines();
  await here.preloaded(["spacy:en_core_web_sm@3.8.1"]);
  const through = { env: { PYTHONPATH: here.spacy } };
  await rm(join(here.spacy, "en_core_web_sm/en_core_web_sm-3.8.1/meta.json"));
  const { files } = await spacyLoads(here, "newest", through);
  await rm(join(here.spacy, "en_core_web_sm-3.8.1.dist-info"), { recursive: true });

  const red = await rejection(spacyLoads(here, "newest", through));

  expect(files).toBe(false);
  expect(red).toMatch(/E050/);
});

test("whisper goes red for one byte too many: it asks the network, and is seen", async () => {
  const here = await withCheckpoint();
  await appendFile(join(here.whisper, "tiny-demo.pt"), "\0");

  const red = await rejection(whisperTranscribes(here, { by: "name" }));

  expect(red).toMatch(/tried to reach\s+nowhere\.invalid[\s\S]*by whisper\/__init__\.py:\d+ _download/);
});

test("tiktoken goes red for one byte too many: it asks the network, and is seen", async ({ skip }) => {
  const here = await withFiles({ skip });
  await appendFile(join(here.home, ".cache/tiktoken", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"), "\n");

  const red = await rejection(tiktokenEncodes(here, "cl100k_base", "hello world"));

  expect(red).toMatch(/tried to reach\s+openaipublic\.blob\.core\.windows\.net/);
});

test("NLTK goes red for a folder that others may write to, a missing file of a package, and a missing package", async ({
  skip,
}) => {
  const here = await withFiles({ skip });
  await chmod(join(here.home, "nltk_data/tokenizers"), 0o775);
  const shared = await rejection(nltkTokenizes(here, "One. Two."));
  await chmod(join(here.home, "nltk_data/tokenizers"), 0o755);
  await rm(join(here.home, "nltk_data/tokenizers/punkt_tab/english"), { recursive: true });
  const tokens = await rejection(nltkTokenizes(here, "One. Two."));
  await rm(join(here.home, "nltk_data/corpora"), { recursive: true });

  expect(shared).toMatch(/writable by, or owned by, another account/);
  expect(tokens).toMatch(/LookupError/);
  expect(await rejection(nltkTokenizes(here, "One. Two."))).toMatch(/LookupError/);
});

test("torch.hub goes red for a checkpoint that is cut off, and for one that is not there", async ({ skip }) => {
  const here = await withFiles({ skip });
  const checkpoint = join(here.home, ".cache/torch/hub/checkpoints/linear-9c7971aa.pth");
  await truncate(checkpoint, 1000);
  const cut = await rejection(torchHubLoads(here));
  await rm(checkpoint);

  expect(cut).toMatch(/RuntimeError|UnpicklingError|EOFError/);
  expect(await rejection(torchHubLoads(here))).toMatch(/tried to reach\s+download\.pytorch\.org/);
});

test("a client that is not told to stay offline goes red, with host and caller", async () => {
  const here = await damaged({ what: "nothing", apply: async () => {} });
  const question = { repos: [{ repo_id: id }] };

  const red = await rejection(
    askPython(here, "older", "hub_fills.py", question, { network: "none", env: { HF_HUB_OFFLINE: "0" } }),
  );

  expect(red).toMatch(/tried to reach\s+huggingface\.co[\s\S]*by .*huggingface_hub/);
});

for (const [how, notice] of [
  ["connect", /tried to reach[\s\S]*192\.0\.2\.1:443\s+by [\s\S]*misbehaves\.py/],
  ["look up", /tried to reach\s+example\.invalid/],
  ["connect, below python", /tried to reach the network \d+ times, below/],
  ["warn", /the client warned\s+.*misbehaves\.py/],
  ["log", /the client warned\s+client: something/],
] as const) {
  test(`a client goes red when it dares to ${how}`, async () => {
    const here = await world(await demoCatalog());

    const red = await rejection(askPython(here, "older", "misbehaves.py", { how }, { network: "none" }));

    expect(red).toMatch(notice);
  });
}

/** What a check that has to fail says. */
async function rejection(check: Promise<unknown>): Promise<string> {
  try {
    await check;
  } catch (error) {
    const { message, actual, expected: wanted } = error as Error & { actual?: unknown; expected?: unknown };
    return `${message}\n${JSON.stringify({ actual, expected: wanted })}`;
  }
  throw new Error("the check stayed green");
}
