import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pattern } from "@preload/core/testing";
import { type Catalog, spacyRelease, whisperModel } from "./catalog.ts";
import { type Files, hubRepo } from "./hub/repo.ts";

export interface DemoCatalogOptions {
  /** Where the models lie. @default the folder of this package */
  fixtures?: string;
}

/** The token that opens `preload-demo/gated-bart`. */
export const demoToken = "hf_demo";

/** Small models in the true formats, under the ids of a demo. */
export async function demoCatalog(options: DemoCatalogOptions = {}): Promise<Catalog> {
  const { fixtures = fileURLToPath(new URL("../fixtures", import.meta.url)) } = options;
  const hub = (name: string) => filesIn(join(fixtures, "hub", name));
  const [bart, sharded, led, sentence] = await Promise.all(
    ["tiny-bart", "tiny-bart-sharded", "tiny-led-bin", "tiny-sentence"].map(hub),
  );
  const files = await filesIn(join(fixtures, "files"));
  const card = { license: "apache-2.0", cardData: { tags: ["preload-demo"], library_name: "transformers" } };
  const gatedCard = { license: "other", cardData: { ...card.cardData, license_name: "demo-terms" } };
  const { "model.safetensors": _, ...older } = bart ?? {};

  return {
    repos: [
      hubRepo({
        id: "preload-demo/tiny-bart",
        files: { ...bart, ...otherFrameworks },
        revisions: { "v1.0": older },
        ...card,
      }),
      hubRepo({ id: "preload-demo/tiny-bart-sharded", files: sharded ?? {}, ...card }),
      hubRepo({ id: "preload-demo/tiny-led-bin", files: led ?? {}, ...card }),
      hubRepo({ id: "preload-demo/tiny-sentence", files: sentence ?? {}, ...card }),
      hubRepo({ id: "preload-demo/gated-bart", files: bart ?? {}, gated: "auto", ...gatedCard }),
      hubRepo({ id: whisperCpp, files: within(`huggingface.co/${whisperCpp}/`, files), license: "mit" }),
    ],
    files,
    whisper: [whisperModel({ name: "tiny-demo", bytes: await readFile(join(fixtures, "whisper/tiny-demo.pt")) })],
    spacy: await Promise.all([pipeline(fixtures, "3.7.1", "3.7"), pipeline(fixtures, "3.8.0", "3.8")]),
    tokens: { [demoToken]: { user: "demo", accepted: ["preload-demo/gated-bart"] } },
  };
}

// Published repositories carry the same weights for others, too. Nobody here opens these: their size is what matters.
const otherFrameworks: Files = {
  "tf_model.h5": pattern(71_000, 1),
  "flax_model.msgpack": pattern(57_000, 2),
  "rust_model.ot": pattern(71_000, 3),
  "onnx/model.onnx": pattern(60_000, 4),
};

// The name is whisper.cpp's own: its fetcher knows no other.
const whisperCpp = "ggerganov/whisper.cpp";

function within(folder: string, files: Files): Files {
  const inside = Object.entries(files).filter(([path]) => path.startsWith(folder));
  return Object.fromEntries(inside.map(([path, body]) => [path.slice(folder.length), body]));
}

async function filesIn(dir: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(
    async (path) => [path.slice(dir.length + 1).replaceAll("\\", "/"), await readFile(path)] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}

async function pipeline(fixtures: string, version: string, spacyLine: string) {
  const path = join(fixtures, "spacy", `en_demo_core-${version}`);
  const [wheel, meta] = await Promise.all([readFile(`${path}-py3-none-any.whl`), readFile(`${path}.json`, "utf8")]);
  return spacyRelease({ name: "en_demo_core", version, wheel, spacyKeys: [spacyLine], meta: JSON.parse(meta) });
}
