import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadConfig } from "@preload/core";
import { sha256, tempDir } from "@preload/core/testing";
import { type DemoOrigin, startDemoOrigin } from "@preload/demo-origin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const readmes = [
  "README.md",
  ...(await readdir(join(root, "packages"))).map((name) => join("packages", name, "README.md")),
];
const schemes = ["hf", "whisper", "spacy", "url", "tiktoken", "nltk", "torch", "ggml"];

/** What is between the fences of one language. */
async function blocks(language: string): Promise<[string, string][]> {
  const found = await Promise.all(
    readmes.map(async (path) => {
      const text = await readFile(join(root, path), "utf8");
      const all = text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"));
      return [...all].map(([, block = ""]) => [path, block] as [string, string]);
    }),
  );
  return found.flat();
}

let demo: DemoOrigin;
// Within this package, from where Node finds the others.
const folder = join(import.meta.dirname, "../node_modules/.cache", `readmes-${process.pid}`);

beforeAll(async () => {
  demo = await startDemoOrigin();
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  await demo.close();
  await rm(folder, { recursive: true, force: true });
});

/** The small models that stand in for those of the world, and where they are. */
function adapted(program: string): string {
  const { whisper, spacy, tiktoken, nltk } = demo.endpoints;
  const [checkpoint] = demo.catalog.whisper;
  const encoding = "openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken";
  const digest = sha256(demo.catalog.files?.[encoding] as Uint8Array);
  const at = (endpoint: string) => `{ endpoints: ["${endpoint}"]`;
  return program
    .replace("facebook/bart-base", "preload-demo/tiny-bart")
    .replace("whisper()", `whisper(${at(whisper)} })`)
    .replace('"tiny.en"', `"${checkpoint?.name}@${checkpoint?.sha256}"`)
    .replace("spacy({", `spacy(${at(spacy)},`)
    .replace("en_core_web_sm", "en_demo_core")
    .replace("tiktoken()", `tiktoken(${at(tiktoken)} })`)
    .replace("cl100k_base", `https://${encoding}@${digest}`)
    .replace("nltk()", `nltk(${at(nltk)} })`);
}

describe("the program that a README begins with runs", async () => {
  const said: Record<string, RegExp> = {
    "README.md": /models--preload-demo--tiny-bart\/snapshots\/[0-9a-f]{40}\n$/,
    "packages/core/README.md": /snapshots\/[0-9a-f]{40} [1-9]\d+\n$/,
    "packages/hf-fetcher/README.md": /\/hub\/models--preload-demo--tiny-bart\/snapshots\/[0-9a-f]{40}\n$/,
    "packages/whisper-fetcher/README.md": /\/\.cache\/whisper\/tiny-demo\.pt\n$/,
    "packages/spacy-fetcher/README.md": /^PYTHONPATH=.*\/\.local\/share\/spacy\n$/,
    "packages/url-fetcher/README.md": /\/nltk_data\/tokenizers\/punkt_tab\n$/,
    "packages/guards/README.md": /^huggingface\.co:443 /,
    "packages/scan/README.md": /^hf:sentence-transformers\/all-MiniLM-L6-v2 .*src\/search\.py:12/s,
  };
  test.each(await blocks("js"))("%s", async (path, program) => {
    const home = await tempDir();
    const file = join(folder, `${path.replaceAll("/", "-")}.mjs`);
    await writeFile(file, adapted(program));
    await mkdir(join(home, "src"));
    const code = `${"\n".repeat(10)}from sentence_transformers import SentenceTransformer\nmodel = SentenceTransformer("all-MiniLM-L6-v2")\n`;
    await writeFile(join(home, "src", "search.py"), code);
    const env = { PATH: process.env.PATH, HOME: home, HF_ENDPOINT: demo.endpoints.hf };

    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: home, env });

    expect(stdout).toMatch(said[path] ?? expect.fail(`nobody said what the program in ${path} prints`));
  });
});

describe("the config in a README is one", async () => {
  test.each(await blocks("yaml"))("%s", async (_, text) => {
    const dir = await tempDir();
    await writeFile(join(dir, "preload.yaml"), text);

    const config = await loadConfig({ cwd: dir, schemes });

    expect(Object.values(config?.profiles ?? {}).flatMap(({ models }) => models)).not.toEqual([]);
  });
});
