import { chmod, writeFile } from "node:fs/promises";
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

test.skipIf(process.platform === "win32")(
  "a process is led to each of them, whatever rule chose the directory",
  async () => {
    const { preload, home } = await fileWorld();
    await preload(["install"]);

    const { stdout } = await preload(["env", "--shell", "dotenv"], { env: { NLTK_DATA: "" } });
    const seen = await preload([
      "exec",
      "--",
      "sh",
      "-c",
      'cat "$PRELOAD_URL_DIR/words/words.txt"; ls "$PRELOAD_GGML_DIR"',
    ]);

    expect(stdout.trim().split("\n").slice(1)).toEqual([
      `TIKTOKEN_CACHE_DIR=${home}/.cache/tiktoken`,
      `NLTK_DATA=${home}/nltk_data`,
      `TORCH_HOME=${home}/.cache/torch`,
      `PRELOAD_GGML_DIR=${home}/.cache/whisper.cpp`,
      `PRELOAD_URL_DIR=${home}/.cache/preload/files`,
    ]);
    expect(seen).toMatchObject({ code: 0, stderr: "" });
  },
);

test("what was installed by name is led to as well, and nothing else is", async () => {
  const { preload } = await world({ config: "none" });
  await preload(["install", "nltk:punkt_tab"]);

  const { stdout } = await preload(["env", "--shell", "dotenv"]);

  expect(stdout).toMatch(/^NLTK_DATA=/m);
  expect(stdout).not.toMatch(/TIKTOKEN|TORCH_HOME|PRELOAD_/);
});

test("a cache root has a folder for each", async () => {
  const { preload, project } = await fileWorld("");

  expect((await preload(["install", "--cache-root", "models"])).code).toBe(0);

  const folders = (await tree(join(project, "models"))).map((line) => line.split("/", 1)[0]);
  expect([...new Set(folders)]).toEqual(["files", "nltk_data", "tiktoken", "torch", "whisper.cpp"]);
});

test.each(["../elsewhere", "/etc", ".git", ".git/hooks", "~"])(
  "a config does not say that files of any name go to %s",
  async (dir) => {
    const { preload } = await fileWorld(`url: { dir: "${dir}" }\n`);

    const { code, stderr } = await preload(["install"]);

    expect(code).toBe(2);
    expect(stderr).toContain("is outside of the project");
  },
);

test("but a folder of the project it may name", async () => {
  const { preload, project } = await fileWorld(`url: { dir: data }\n`);

  expect((await preload(["install", "--only", "url"])).code).toBe(0);
  expect(await tree(join(project, "data"))).toContain("words/words.txt 36");
});

test.skipIf(process.platform === "win32")(
  "doctor warns of data that NLTK looks past, and of a client that looks elsewhere",
  async () => {
    const { preload, home } = await fileWorld();
    await preload(["install"]);
    await chmod(join(home, "nltk_data/tokenizers"), 0o775);

    const { stdout } = await preload(["doctor", "--json"]);

    const warnings = JSON.parse(stdout).findings.filter(({ level }: { level: string }) => level === "warning");
    expect(warnings.map(({ what }: { what: string }) => what)).toEqual([
      `tiktoken: a program started from here looks in /tmp/data-gym-cache, not in ${home}/.cache/tiktoken`,
      `nltk: others may write to ${home}/nltk_data/tokenizers`,
    ]);
  },
);

test("a miss says where else the file is", async () => {
  const { preload, home } = await world({ config: "profiles: { test: [nltk:punkt_tab] }" });
  await preload(["install"]);

  const { code, stdout } = await preload(["verify"], { env: { NLTK_DATA: join(home, "other") } });

  expect(code).toBe(3);
  expect(stdout).toContain(`${join(home, "nltk_data")} (`);
});

test("what no config wants any more is pruned, and what upstream has is told", async () => {
  const { preload, project, home } = await fileWorld();
  await preload(["install"]);
  const outdated = await preload(["outdated", "--json"]);
  await writeFile(join(project, "preload.yaml"), "profiles: { test: [nltk:demo_words] }\n");
  await preload(["lock"]);

  const pruned = await preload(["prune", "--yes", "--json"]);

  expect(outdated.code).toBe(0);
  expect(pruned.code).toBe(0);
  const left = [...(await tree(join(home, ".cache"))), ...(await tree(join(home, "nltk_data")))];
  expect(left.filter((line) => !line.endsWith("/"))).toEqual(["corpora/demo_words.zip 393"]);
});
