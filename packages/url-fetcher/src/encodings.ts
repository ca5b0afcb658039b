import { createHash } from "node:crypto";

/** One file that tiktoken reads, and what its own table says of it. */
export interface EncodingFile {
  readonly url: string;
  readonly sha256: string;
  /** In bytes. Not part of tiktoken's table; the digest has the last word. */
  readonly size: number;
}

/** Where OpenAI publishes them. */
export const tiktokenBase = "https://openaipublic.blob.core.windows.net/";

const r50k = file(
  "encodings/r50k_base.tiktoken",
  "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
  835_554,
);
const p50k = file(
  "encodings/p50k_base.tiktoken",
  "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
  836_186,
);
const cl100k = file(
  "encodings/cl100k_base.tiktoken",
  "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
  1_681_126,
);
const o200k = file(
  "encodings/o200k_base.tiktoken",
  "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
  3_613_922,
);

/** What tiktoken 0.14.0 reads for each name (`tiktoken_ext/openai_public.py`). Some names share a file. */
export const encodings: Readonly<Record<string, readonly EncodingFile[]>> = {
  gpt2: [
    file("gpt-2/encodings/main/vocab.bpe", "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5", 456_318),
    file(
      "gpt-2/encodings/main/encoder.json",
      "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
      1_042_301,
    ),
  ],
  r50k_base: [r50k],
  p50k_base: [p50k],
  p50k_edit: [p50k],
  cl100k_base: [cl100k],
  o200k_base: [o200k],
  o200k_harmony: [o200k],
};

/** Under which name tiktoken keeps what it fetched: the sha1 of the address's text, without an extension. */
export function cacheName(url: string): string {
  return createHash("sha1").update(url).digest("hex");
}

function file(path: string, sha256: string, size: number): EncodingFile {
  return { url: tiktokenBase + path, sha256, size };
}
