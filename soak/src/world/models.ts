import { createHash } from "node:crypto";
import { contentOf, pattern } from "@preload/core/testing";
import { type Catalog, demoCatalog, hubRepo, spacyRelease, whisperModel } from "@preload/demo-origin";
import { unzipSync, zipSync } from "fflate";

/** Large enough to be struck in the middle, each in another way: one go, many ranges, an archive. */
export async function soakCatalog(fixtures: string): Promise<Catalog> {
  const demo = await demoCatalog({ fixtures });
  const [pipeline] = demo.spacy.filter(({ version }) => version === "3.8.0");
  if (!pipeline) throw new Error("the demo has no pipeline 3.8.0");
  return {
    ...demo,
    whisper: [whisperModel({ name: "soak", bytes: pattern(6 * 1024 * 1024 + 3, 11) })],
    repos: [
      hubRepo({
        id: "soak/sharded",
        files: {
          "config.json": JSON.stringify({ model_type: "bart" }),
          "tokenizer.json": JSON.stringify({ version: "1.0", padding: "x".repeat(200_000) }),
          "model-00001-of-00002.safetensors": pattern(48 * 1024 * 1024 + 1234, 12),
          "model-00002-of-00002.safetensors": pattern(3 * 1024 * 1024, 13),
        },
      }),
    ],
    spacy: [
      spacyRelease({ ...pipeline, wheel: grown(pipeline.wheel as Uint8Array), meta: withoutChecksum(pipeline.meta) }),
    ],
  };
}

/** The content of every file a wheel unpacks to, by path. */
export function membersOf(wheel: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(wheel)).filter(([path]) => !path.endsWith("/")));
}

function grown(wheel: Uint8Array): Uint8Array {
  const members = Object.fromEntries(membersOf(wheel));
  const [record = ""] = Object.keys(members).filter((path) => path.endsWith(".dist-info/RECORD"));
  const path = "en_demo_core/en_demo_core-3.8.0/vocab/more-vectors";
  const vectors = contentOf(pattern(4 * 1024 * 1024, 14));
  const digest = createHash("sha256").update(vectors).digest("base64url");
  const line = `${path},sha256=${digest},${vectors.length}\n`;
  const list = Buffer.from(members[record] ?? []).toString();
  return zipSync({ ...members, [path]: vectors, [record]: Buffer.from(`${line}${list}`) }, { level: 0 });
}

function withoutChecksum({ checksum_whl: _, ...meta }: Record<string, unknown>): Record<string, unknown> {
  return meta;
}
