import type { HfOptions } from "../options.ts";
import { configFiles } from "./transformers.ts";
import { noMatch, some, type Tree } from "./tree.ts";

/** Precisions, and how each ends a file's name (`utils/dtypes.js`). */
const suffixes = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
  q2: "_q2",
  q2f16: "_q2f16",
  q1: "_q1",
  q1f16: "_q1f16",
} as const;

export type Dtype = keyof typeof suffixes;

export const dtypes = Object.keys(suffixes) as [Dtype, ...Dtype[]];

interface Session {
  readonly path: string;
  /** `model`, `encoder_model`, … */
  readonly name: string;
  readonly dtype: Dtype;
}

/**
 * What transformers.js opens: configuration, tokenizer, and the ONNX files of the wanted precisions.
 *
 * @throws PreloadError `NO_MATCH` when a part of the model is not there in any wanted precision
 */
export function transformersJsFiles(tree: Tree, { dtype = ["fp32"] }: Pick<HfOptions, "dtype">): readonly string[] {
  const sessions = loadable(tree.paths.flatMap(sessionOf));
  if (sessions.length === 0) {
    throw noMatch(
      tree,
      "it has no ONNX files in onnx/, so transformers.js cannot load it",
      "Look for a repository of onnx-community or Xenova.",
    );
  }
  const chosen = sessions.filter((session) => dtype.includes(session.dtype));
  for (const name of new Set(sessions.map((session) => session.name))) {
    if (chosen.some((session) => session.name === name)) continue;
    const there = sessions.filter((session) => session.name === name).map((session) => session.dtype);
    throw noMatch(tree, `onnx/${name} is not there as ${dtype.join(" or ")}`, `There is \`dtype: ${some(there)}\`.`);
  }
  const lacking = dtype.find((wanted) => !chosen.some((session) => session.dtype === wanted));
  if (lacking !== undefined) throw noMatch(tree, `it has nothing as ${lacking}`, "Leave that out of `dtype`.");
  return [...configFiles(tree), ...chosen.flatMap(({ path }) => [path, ...dataOf(tree, path)])];
}

function sessionOf(path: string): readonly Session[] {
  const [, stem] = /^onnx\/([^/]+)\.onnx$/.exec(path) ?? [];
  if (stem === undefined) return [];
  // The longest ending wins: `_q4f16` ends in nothing shorter, and fp32 is what has none.
  const dtype = [...dtypes]
    .sort((a, b) => suffixes[b].length - suffixes[a].length)
    .find((name) => stem.endsWith(suffixes[name]));
  if (dtype === undefined) return [];
  return [{ path, name: stem.slice(0, stem.length - suffixes[dtype].length), dtype }];
}

// With a merged decoder there, nobody opens the two halves it was merged from.
function loadable(sessions: readonly Session[]): readonly Session[] {
  const merged = sessions.some(({ name }) => name === "decoder_model_merged");
  const halves = ["decoder_model", "decoder_with_past_model"];
  return merged ? sessions.filter(({ name }) => !halves.includes(name)) : sessions;
}

// Weights too large for one ONNX file lie beside it: `model.onnx_data`, `model.onnx_data_1`, …
function dataOf(tree: Tree, path: string): readonly string[] {
  return tree.paths.filter((other) => other.startsWith(`${path}_data`));
}
