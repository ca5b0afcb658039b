import type { Asked } from "./asked.ts";
import { askedOfHub } from "./hub.ts";

const repositories = ["hf:ggerganov/whisper.cpp", "hf:akashmjn/tinydiarize-whisper.cpp"];

/** The models of whisper.cpp: single files of a repository of the Hub. */
export function askedOfGgml(address: URL): Asked | undefined {
  const asked = askedOfHub(address);
  if (asked?.kind !== "file" || !repositories.includes(asked.ref)) return undefined;
  const { file = "", revision } = asked;
  const [, model] = /^ggml-(.+)\.bin$/.exec(file) ?? [];
  if (model === undefined) return undefined;
  return { kind: "file", ref: `ggml:${model}`, file, ...(revision === undefined ? {} : { revision }) };
}
