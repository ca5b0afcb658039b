import type { RefOptions } from "@preload/core";
import { describe, expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";
import { treeOf } from "../src/select/tree.ts";
import { select, targetOf, textsThatDecide } from "../src/select.ts";

const bartFiles = ["config.json", "generation_config.json", "merges.txt", "tokenizer.json", "vocab.json"];
const otherFormats = ["flax_model.msgpack", "onnx/model.onnx", "rust_model.ot", "tf_model.h5"];
const fiveFormats = [
  ...bartFiles,
  ...otherFormats,
  "model.safetensors",
  "pytorch_model.bin",
  "README.md",
  ".gitattributes",
];

const index = JSON.stringify({
  metadata: { total_size: 3 },
  weight_map: {
    a: "model-00001-of-00002.safetensors",
    b: "model-00002-of-00002.safetensors",
    c: "model-00001-of-00002.safetensors",
  },
});
const sharded = {
  "config.json": "{}",
  "model.safetensors.index.json": index,
  "model-00001-of-00002.safetensors": "",
  "model-00002-of-00002.safetensors": "",
  "pytorch_model.bin.index.json": index,
  "pytorch_model-00001-of-00001.bin": "",
};

/** A repository as a list of names, or with the text of some of them. */
type Files = readonly string[] | Readonly<Record<string, string>>;

const optional = [
  "added_tokens.json",
  "additional_chat_templates/rag.jinja",
  "audio_tokenizer_config.json",
  "chat_template.jinja",
  "config.json",
  "model.safetensors",
  "normalizer.json",
  "preprocessor_config.json",
  "processor_config.json",
  "source.spm",
  "special_tokens_map.json",
  "spiece.model",
  "target_vocab.json",
  "tekken.json",
  "video_preprocessor_config.json",
  "vocab.txt",
];

describe("a loader's files are chosen", () => {
  test.each<[title: string, files: Files, options: RefOptions, chosen: readonly string[]]>([
    ["one format of five", fiveFormats, {}, [...bartFiles, "model.safetensors"]],
    ["the older format on request", fiveFormats, { weights: "bin" }, [...bartFiles, "pytorch_model.bin"]],
    ["the newer format on request", fiveFormats, { weights: "safetensors" }, [...bartFiles, "model.safetensors"]],
    ["the only format there is", [...bartFiles, "pytorch_model.bin"], {}, [...bartFiles, "pytorch_model.bin"]],
    ["TensorFlow's single safetensors", fiveFormats, { framework: "tf" }, [...bartFiles, "model.safetensors"]],
    ["TensorFlow's own", ["config.json", "tf_model.h5"], { framework: "tf" }, ["config.json", "tf_model.h5"]],
    ["Flax", fiveFormats, { framework: "flax" }, [...bartFiles, "flax_model.msgpack"]],
    [
      "shards that the index names",
      sharded,
      {},
      [
        "config.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "model.safetensors.index.json",
      ],
    ],
    ["a single file before shards", { ...sharded, "model.safetensors": "" }, {}, ["config.json", "model.safetensors"]],
    [
      "a variant",
      ["config.json", "model.fp16.safetensors", "model.safetensors"],
      { variant: "fp16" },
      ["config.json", "model.fp16.safetensors"],
    ],
    [
      "no variant unless asked for",
      ["config.json", "model.fp16.safetensors", "model.safetensors"],
      {},
      ["config.json", "model.safetensors"],
    ],
    [
      "weights that the configuration names",
      {
        "config.json": '{"transformers_weights":"special.safetensors"}',
        "special.safetensors": "",
        "model.safetensors": "",
      },
      {},
      ["config.json", "special.safetensors"],
    ],
    [
      "a configuration that is not quite JSON",
      { "config.json": '{"x": NaN}', "model.safetensors": "" },
      {},
      ["config.json", "model.safetensors"],
    ],
    [
      "an adapter",
      ["adapter_config.json", "adapter_model.bin", "adapter_model.safetensors", "tokenizer_config.json"],
      {},
      ["adapter_config.json", "adapter_model.safetensors", "tokenizer_config.json"],
    ],
    [
      "a tokenizer alone",
      ["tokenizer.json", "tokenizer_config.json", "README.md"],
      {},
      ["tokenizer.json", "tokenizer_config.json"],
    ],
    ["every optional file", optional, {}, optional],
    [
      "nothing a training run left behind",
      [
        "config.json",
        "model.safetensors",
        "optimizer.pt",
        "trainer_state.json",
        "train_results.json",
        "training_args.bin",
        "checkpoint-1/model.safetensors",
        "original/consolidated.00.pth",
      ],
      {},
      ["config.json", "model.safetensors"],
    ],
    ["no code", ["config.json", "model.safetensors", "modeling.py"], {}, ["config.json", "model.safetensors"]],
    [
      "code on request",
      ["config.json", "model.safetensors", "modeling.py"],
      { code: true },
      ["config.json", "model.safetensors", "modeling.py"],
    ],
    [
      "names that are no plain words",
      ["config.json", "model.safetensors", "additional_chat_templates/a b#c%20ü.jinja"],
      {},
      ["additional_chat_templates/a b#c%20ü.jinja", "config.json", "model.safetensors"],
    ],

    [
      "a sentence-transformers model, recognised by its modules",
      {
        "1_Pooling/config.json": "",
        "2_Dense/config.json": "",
        "2_Dense/model.safetensors": "",
        "2_Dense/pytorch_model.bin": "",
        "README.md": "",
        "config.json": "{}",
        "config_sentence_transformers.json": "",
        "model.safetensors": "",
        "modules.json": JSON.stringify([{ path: "" }, { path: "1_Pooling" }, { path: "2_Dense" }]),
        "onnx/model.onnx": "",
        "pytorch_model.bin": "",
        "sentence_bert_config.json": "",
      },
      {},
      [
        "1_Pooling/config.json",
        "2_Dense/config.json",
        "2_Dense/model.safetensors",
        "README.md",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
      ],
    ],
    [
      "one whose transformer has a folder of its own",
      {
        "0_Transformer/config.json": "",
        "0_Transformer/pytorch_model.bin": "",
        "1_Pooling/config.json": "",
        "modules.json": JSON.stringify([{ path: "0_Transformer" }, { path: "1_Pooling" }]),
      },
      {},
      ["0_Transformer/config.json", "0_Transformer/pytorch_model.bin", "1_Pooling/config.json", "modules.json"],
    ],
    [
      "a plain transformer for sentence-transformers",
      fiveFormats,
      { for: "sentence-transformers" },
      ["README.md", ...bartFiles, "model.safetensors"],
    ],

    [
      "faster-whisper, recognised by its weights",
      ["README.md", "config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.txt"],
      {},
      ["config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.txt"],
    ],

    [
      "transformers.js in full precision",
      [
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "onnx/model.onnx",
        "onnx/model.onnx_data",
        "onnx/model_fp16.onnx",
        "onnx/model_quantized.onnx",
      ],
      { for: "transformers.js" },
      ["config.json", "onnx/model.onnx", "onnx/model.onnx_data", "tokenizer.json"],
    ],
    [
      "transformers.js in other precisions",
      ["config.json", "onnx/model.onnx", "onnx/model_q4.onnx", "onnx/model_q4f16.onnx", "onnx/model_quantized.onnx"],
      { for: "transformers.js", dtype: ["q8", "q4f16"] },
      ["config.json", "onnx/model_q4f16.onnx", "onnx/model_quantized.onnx"],
    ],
    [
      "a merged decoder and not its halves",
      [
        "config.json",
        "onnx/decoder_model.onnx",
        "onnx/decoder_model_merged.onnx",
        "onnx/decoder_with_past_model.onnx",
        "onnx/encoder_model.onnx",
      ],
      { for: "transformers.js" },
      ["config.json", "onnx/decoder_model_merged.onnx", "onnx/encoder_model.onnx"],
    ],

    ["the only GGUF file", ["README.md", "m-Q8_0.gguf"], { for: "gguf" }, ["m-Q8_0.gguf"]],
    [
      "one quantization and not its neighbour",
      ["m-Q4_K.gguf", "m-Q4_K_M.gguf", "m-IQ4_K.gguf"],
      { for: "gguf", quant: "q4_k" },
      ["m-Q4_K.gguf"],
    ],
    [
      "all parts of a GGUF file",
      ["Q4/m-Q4-00001-of-00002.gguf", "Q4/m-Q4-00002-of-00002.gguf", "m-Q8.gguf"],
      { for: "gguf", file: "*-00001-of-*" },
      ["Q4/m-Q4-00001-of-00002.gguf", "Q4/m-Q4-00002-of-00002.gguf"],
    ],

    [
      "a pipeline of pyannote, recognised by its configuration",
      {
        "README.md": "",
        "config.yaml":
          "pipeline:\n  name: pyannote.audio.pipelines.SpeakerDiarization\n  params:\n    segmentation: $model/segmentation\n    embedding: $model/embedding@main\n",
        "embedding/README.md": "",
        "embedding/pytorch_model.bin": "",
        "segmentation/pytorch_model.bin": "",
        "tests/x.rttm": "",
      },
      {},
      ["config.yaml", "embedding/pytorch_model.bin", "segmentation/pytorch_model.bin"],
    ],
    [
      "a model of pyannote",
      { "config.yaml": "task: {}", "pytorch_model.bin": "", "whisper.onnx": "" },
      {},
      ["config.yaml", "pytorch_model.bin"],
    ],

    ["everything", fiveFormats, { for: "all" }, fiveFormats],
    [
      "exactly what is included",
      fiveFormats,
      { include: ["*.json", "onnx/*"] },
      ["config.json", "generation_config.json", "onnx/model.onnx", "tokenizer.json", "vocab.json"],
    ],
    [
      "all but what is excluded",
      fiveFormats,
      { exclude: "merges.txt" },
      ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "vocab.json"],
    ],
  ])("%s", (_, files, options, chosen) => {
    expect(choose(files, options)).toEqual([...chosen].sort());
  });
});

describe("what is not there is refused, and what is there is named", () => {
  const gguf = ["m-Q4_K_M.gguf", "m-Q8_0.gguf"];
  test.each<[title: string, files: Files, options: RefOptions, says: readonly string[], hint: string]>([
    [
      "safetensors wanted, .bin there",
      ["config.json", "pytorch_model.bin"],
      { weights: "safetensors" },
      ["no safetensors", "pytorch_model.bin"],
      "weights",
    ],
    ["weights wanted of a tokenizer", ["tokenizer.json"], { weights: "bin" }, ["no weights at all"], ""],
    [
      "a variant that is not there",
      ["config.json", "model.safetensors"],
      { variant: "fp16" },
      ["fp16", "model.safetensors"],
      "variant",
    ],
    ["only a variant", ["config.json", "model.fp16.safetensors"], {}, ["model.fp16.safetensors"], "variant: fp16"],
    ["only GGUF", gguf, {}, ["m-Q8_0.gguf"], "for: gguf"],
    ["only ONNX", ["config.json", "onnx/model.onnx"], {}, ["onnx/model.onnx"], "for: transformers.js"],
    ["only TensorFlow", ["config.json", "tf_model.h5"], {}, ["tf_model.h5"], "framework: tf"],
    ["diffusers", ["model_index.json", "unet/diffusion_pytorch_model.safetensors"], {}, ["unet/"], "for: all"],
    [
      "an index that names what is missing",
      { ...sharded, "model.safetensors.index.json": index.replaceAll("00002-of", "00003-of") },
      {},
      ["model.safetensors.index.json names model-00003-of-00002.safetensors"],
      "",
    ],
    [
      "no model for faster-whisper",
      ["config.json", "model.safetensors"],
      { for: "faster-whisper" },
      ["model.bin", "model.safetensors"],
      "Systran",
    ],
    ["no ONNX for transformers.js", ["config.json"], { for: "transformers.js" }, ["ONNX"], "onnx-community"],
    ["another precision", ["onnx/model_quantized.onnx"], { for: "transformers.js" }, ["fp32"], "dtype: q8"],
    [
      "a precision of one part only",
      ["onnx/encoder_model_q4.onnx", "onnx/decoder_model_merged.onnx"],
      { for: "transformers.js", dtype: "q4" },
      ["decoder_model_merged"],
      "fp32",
    ],
    ["several GGUF files", gguf, { for: "gguf" }, ["several"], "m-Q4_K_M.gguf, m-Q8_0.gguf"],
    ["another quantization", gguf, { for: "gguf", quant: "Q5_0" }, ["quant: Q5_0"], "m-Q8_0.gguf"],
    ["a part of a GGUF file", ["m-00001-of-00002.gguf"], { for: "gguf" }, ["m-00002-of-00002.gguf"], ""],
    [
      "a pattern that matches nothing",
      fiveFormats,
      { include: ["*.json", "*.spm"] },
      ["include: *.spm"],
      "Case counts",
    ],
    [
      "an exception that matches nothing",
      fiveFormats,
      { exclude: "tf_modle.h5" },
      ["exclude: tf_modle.h5"],
      "Case counts",
    ],
    ["a pattern for folders", fiveFormats, { include: "**/*.json" }, ["**/*.json"], "*.json"],
    ["exceptions from everything", ["config.json"], { exclude: "*" }, ["leaves nothing"], ""],
    ["nothing at all", ["README.md"], {}, ["nothing that transformers opens"], ""],
    ["a folder that a pipeline lacks", { "config.yaml": "pipeline: { params: { a: $model/x } }" }, {}, ["names x"], ""],
  ])("%s", (_, files, options, says, hint) => {
    const error = errorOf(() => choose(files, options));
    expect(error).toMatchObject({ code: "NO_MATCH" });
    for (const part of ["hf:org/name", ...says]) expect(error.message).toContain(part);
    expect(error.hint ?? "").toContain(hint);
  });
});

test("an index without a list of shards is a bad answer", () => {
  const files = { "model.safetensors.index.json": "<html>" };
  expect(errorOf(() => choose(files, {}))).toMatchObject({ code: "BAD_ANSWER" });
});

test("a data set and a space are taken whole", () => {
  const tree = treeOf("hf:datasets/org/name", []);
  expect(targetOf({ type: "dataset" }, tree, optionsOf({}))).toBe("all");
  expect(targetOf({ type: "space" }, tree, optionsOf({}))).toBe("all");
});

describe("options are checked", () => {
  test.each<[options: RefOptions, says: string]>([
    [{ wieghts: "bin" }, "wieghts"],
    [{ weights: "h5" }, "weights"],
    [{ for: "tensorflow" }, "for"],
    [{ include: [] }, "include"],
    [{ alias: "../main" }, "alias"],
    [{ alias: "0".repeat(40) }, "alias"],
    [{ dtype: "fp64" }, "dtype"],
    [{ requires: ["no ref"] }, "requires"],
    [{ code: "yes" }, "code"],
  ])("%j", (options, says) => {
    const error = errorOf(() => optionsOf(options));
    expect(error).toMatchObject({ code: "BAD_CONFIG", message: expect.stringContaining(says) });
  });
});

function optionsOf(options: RefOptions) {
  return parseOptions({ scheme: "hf", name: "org/name", options }, "hf:org/name");
}

function choose(files: Files, refOptions: RefOptions): string[] {
  const options = optionsOf(refOptions);
  const texts = Array.isArray(files)
    ? Object.fromEntries(files.map((path) => [path, ""]))
    : (files as Record<string, string>);
  const listing = Object.keys(texts)
    .sort()
    .map((path) => ({ path, size: 1, digest: `git-sha1:${"0".repeat(40)}` }) as const);
  const tree = treeOf("hf:org/name", listing);
  const target = targetOf({ type: "model" }, tree, options);
  const contents = new Map(textsThatDecide(target, tree, options).map((path) => [path, texts[path] ?? ""]));
  return select(target, tree, contents, options)
    .map(({ path }) => path)
    .sort();
}

function errorOf(act: () => unknown): { message: string; hint?: string } {
  try {
    act();
  } catch (error) {
    return error as { message: string; hint?: string };
  }
  throw new Error("nothing was refused");
}
