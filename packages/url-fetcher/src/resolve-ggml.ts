import {
  addressesOf,
  didYouMean,
  type FileEntry,
  formatRef,
  getFirst,
  type Manifest,
  PreloadError,
  type Ref,
  refusedBy,
} from "@preload/core";
import * as z from "zod";
import { contentOf } from "./claims.ts";
import type { Source } from "./file-fetcher.ts";
import { ggmlFile, hubBase } from "./ggml.ts";
import { ggmlSums } from "./ggml-sums.ts";
import { fileEntry, manifestOf } from "./one-file.ts";
import { noSchema, parseOptions } from "./options.ts";

const infoSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  cardData: z.object({ license: z.unknown() }).optional().catch(undefined),
});

const treeSchema = z.array(
  z.object({
    path: z.string(),
    size: z.int().nonnegative(),
    oid: z.string(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).optional(),
  }),
);

/**
 * Says which file a model of whisper.cpp is, as the Hub lists it at the commit its branch holds now.
 * A mirror that has the files and not the Hub's listing will do for the models whose sha1 whisper.cpp publishes:
 * the file is read once and held against that.
 */
export async function resolveGgml(ref: Ref, source: Source): Promise<Manifest> {
  parseOptions(ref, noSchema);
  const path = ggmlFile(ref);
  const repo = repoOf(ref);
  const branch = ref.revision ?? "main";
  const info = await ask(`api/models/${repo}/revision/${encodeURIComponent(branch)}`, ref, infoSchema, source);
  if (info === undefined) return withoutListing(ref, `${hubBase}${repo}/resolve/${branch}/${path}`, source);
  const files = (await ask(`api/models/${repo}/tree/${info.sha}`, ref, treeSchema, source)) ?? [];
  const found = files.find((file) => file.path === path);
  if (!found) throw unknown(ref, files);
  const entry: FileEntry = {
    type: "file",
    path,
    url: `${hubBase}${repo}/resolve/${info.sha}/${path}`,
    size: found.lfs?.size ?? found.size,
    digest: found.lfs ? `sha256:${found.lfs.oid}` : `git-sha1:${found.oid}`,
  };
  const license = typeof info.cardData?.license === "string" ? info.cardData.license : undefined;
  return manifestOf(ref, { entries: [entry], revision: info.sha, path, license });
}

/** As whisper.cpp's script chooses it. */
function repoOf({ name }: Ref): string {
  return name.includes("tdrz") ? "akashmjn/tinydiarize-whisper.cpp" : "ggerganov/whisper.cpp";
}

async function ask<T>(path: string, ref: Ref, schema: z.ZodType<T>, source: Source): Promise<T | undefined> {
  const url = hubBase + path;
  const answer = await getFirst(source.http, addressesOf(url, source.mirrors), { signal: source.signal });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusedBy(answer, url, formatRef(ref));
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(answer.body)));
  } catch {
    throw new PreloadError("BAD_ANSWER", `${formatRef(ref)}: ${url} does not answer as the Hub does`, {
      hint: "A login page or a proxy may stand in between.",
    });
  }
}

async function withoutListing(ref: Ref, url: string, source: Source): Promise<Manifest> {
  const sha1 = Object.hasOwn(ggmlSums, ref.name) ? ggmlSums[ref.name] : undefined;
  if (sha1 === undefined || ref.revision !== undefined) throw notListed(ref);
  const content = await contentOf(url, ref, { sha1 }, source);
  const path = ggmlFile(ref);
  return manifestOf(ref, { entries: [fileEntry(path, url, content)], revision: content.sha256, path });
}

function notListed(ref: Ref): PreloadError {
  const code = ref.revision === undefined ? "NOT_FOUND" : "REVISION_NOT_FOUND";
  return new PreloadError(code, `${formatRef(ref)}: ${repoOf(ref)} is not there, or has no such revision`, {
    hint: "A mirror has to answer the Hub's API.",
  });
}

function unknown(ref: Ref, files: readonly { readonly path: string }[]): PreloadError {
  const names = files.flatMap(({ path }) => /^ggml-(.+)\.bin$/.exec(path)?.[1] ?? []);
  return new PreloadError("NOT_FOUND", `${formatRef(ref)}: whisper.cpp has no model ${ref.name}`, {
    hint: didYouMean(ref.name, names),
  });
}
