import type { ClientEnvironment, Machine } from "@preload/core";

// Variables of single clients that lead them past HF_HUB_CACHE: transformers 4 takes the first three,
// sentence-transformers and pyannote.audio 3 one each. All of them expect the same layout.
const detours = [
  "TRANSFORMERS_CACHE",
  "PYTORCH_TRANSFORMERS_CACHE",
  "PYTORCH_PRETRAINED_BERT_CACHE",
  "SENTENCE_TRANSFORMERS_HOME",
  "PYANNOTE_CACHE",
];

/** What a Python process needs so that it finds the cache, and stays offline. */
export function environmentFor(dir: string, { env }: Pick<Machine, "env">): ClientEnvironment {
  // Only those that are set: setting TRANSFORMERS_CACHE anew would bring its deprecation warning.
  const led = detours.filter((name) => env[name] !== undefined);
  return {
    set: { HF_HUB_CACHE: dir, ...Object.fromEntries(led.map((name) => [name, dir])) },
    prepend: {},
    offline: {
      HF_HUB_OFFLINE: "1",
      TRANSFORMERS_OFFLINE: "1",
      HF_HUB_DISABLE_TELEMETRY: "1",
      // With only a .bin at hand, transformers would ask a service to convert it, and send it the token.
      // Version 4 knows no other word than "true".
      DISABLE_SAFETENSORS_CONVERSION: "true",
    },
  };
}
