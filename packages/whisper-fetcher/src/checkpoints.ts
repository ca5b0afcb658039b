/** One file of openai-whisper's table. */
export interface Checkpoint {
  readonly file: string;
  /** Hexadecimal. whisper.load_model reads it out of its own copy of the address and discards any other file. */
  readonly sha256: string;
  /** In bytes. Not part of whisper's table; the digest has the last word. */
  readonly size: number;
}

/** Where OpenAI publishes them: `<base><sha256>/<file>`. */
export const publicBase = "https://openaipublic.azureedge.net/main/whisper/models/";

/** What openai-whisper 20250625 downloads for each name (`_MODELS` in whisper/__init__.py). */
export const checkpoints: Readonly<Record<string, Checkpoint>> = {
  "tiny.en": checkpoint("tiny.en", "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", 75_571_315),
  tiny: checkpoint("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 75_572_083),
  "base.en": checkpoint("base.en", "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", 145_261_783),
  base: checkpoint("base", "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 145_262_807),
  "small.en": checkpoint("small.en", "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", 483_615_683),
  small: checkpoint("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 483_617_219),
  "medium.en": checkpoint(
    "medium.en",
    "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
    1_528_006_491,
  ),
  medium: checkpoint("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1_528_008_539),
  "large-v1": checkpoint("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 3_086_999_982),
  "large-v2": checkpoint("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 3_086_999_982),
  "large-v3": checkpoint("large-v3", "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 3_087_371_615),
  "large-v3-turbo": checkpoint(
    "large-v3-turbo",
    "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
    1_617_941_637,
  ),
};

/** Names without a file of their own. They move between releases: `large` was once large-v2. */
export const aliases: Readonly<Record<string, string>> = { large: "large-v3", turbo: "large-v3-turbo" };

/** Every name that whisper.load_model knows. */
export const names: readonly string[] = [...Object.keys(checkpoints), ...Object.keys(aliases)];

/** The checkpoint that whisper.load_model opens for a name, if it knows the name. */
export function checkpointFor(name: string): Checkpoint | undefined {
  const target = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return target !== undefined && Object.hasOwn(checkpoints, target) ? checkpoints[target] : undefined;
}

/** The public address of a file of this digest. */
export function publicUrl(sha256: string, file: string): string {
  return `${publicBase}${sha256}/${encodeURIComponent(file)}`;
}

function checkpoint(name: string, sha256: string, size: number): Checkpoint {
  return { file: `${name}.pt`, sha256, size };
}
