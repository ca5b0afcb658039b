import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { PreloadError } from "@preload/core";
import { type Span, seeking, wholeOf } from "./bytes.ts";
import { layerType, manifestType } from "./image.ts";
import type { Blob } from "./pack-writer.ts";
import { corrupt, entriesOf } from "./tar.ts";

export interface Image {
  readonly manifestDigest: string;
  /** Where each layer lies, in their order; their bytes are not verified yet. */
  readonly layers: readonly (Span & Blob)[];
}

// A description of thousands of layers is far below this.
const largestDescription = 4 * 1024 * 1024;

/**
 * Finds the one image of a file, and its layers. Reads descriptions only.
 *
 * @throws PreloadError `CORRUPT` naming what is wrong; `USAGE` for an image in a form that is not ours to read
 */
export async function readImage(file: FileHandle, name: string): Promise<Image> {
  const contents = await contentsOf(file, name);
  const described = async (path: string) => {
    const span = contents.get(path);
    if (!span) throw corrupt(name, `it is no pack: it holds no ${path}`);
    if (span.size > largestDescription) throw corrupt(name, `${path} has ${span.size} bytes`);
    return wholeOf(file, span, name);
  };
  const blob = async (descriptor: unknown, what: string) => {
    const { digest, size } = blobIn(descriptor, what, name);
    const bytes = await described(blobPath(digest));
    if (bytes.byteLength !== size) throw corrupt(name, `its ${what} is not as long as promised`);
    if (sha256(bytes) !== digest) throw corrupt(name, `its ${what} is not what its digest says`);
    return object(bytes, what, name);
  };
  const { imageLayoutVersion } = object(await described("oci-layout"), "oci-layout", name);
  if (imageLayoutVersion !== "1.0.0") throw corrupt(name, "its oci-layout is of another version");
  const { manifests } = object(await described("index.json"), "index.json", name);
  if (!Array.isArray(manifests) || manifests.length !== 1) throw corrupt(name, "it does not hold exactly one image");
  const manifest = await blob(manifests[0], "manifest");
  if (manifest.mediaType !== manifestType || !Array.isArray(manifest.layers) || manifest.layers.length === 0) {
    throw corrupt(name, "it is no pack: its manifest is of another kind");
  }
  const layers = manifest.layers.map((layer: unknown, index) => layerIn(layer, index, contents, name));
  const { rootfs } = await blob(manifest.config, "config");
  const ids = (rootfs as { diff_ids?: unknown } | undefined)?.diff_ids;
  if (JSON.stringify(ids) !== JSON.stringify(layers.map(({ digest }) => digest))) {
    throw corrupt(name, "its config and its manifest name different layers");
  }
  refuseOthers(contents, [manifests[0], manifest.config, ...layers] as Blob[], name);
  return { manifestDigest: blobIn(manifests[0], "manifest", name).digest, layers };
}

/** Where the files of the outer tar lie. */
async function contentsOf(file: FileHandle, name: string): Promise<Map<string, Span>> {
  const found = new Map<string, Span>();
  const { size } = await file.stat();
  for await (const { path, type, at, size: length } of entriesOf(seeking(file, { at: 0, size }, name), name)) {
    if (type === "directory" && ["", ".", "blobs", "blobs/sha256"].includes(path)) continue;
    const isKnown = path === "index.json" || path === "oci-layout" || /^blobs\/sha256\/[0-9a-f]{64}$/.test(path);
    if (type !== "file" || !isKnown) throw corrupt(name, `it is no pack: it holds ${JSON.stringify(path)}`);
    if (found.has(path)) throw corrupt(name, `it holds ${path} twice`);
    found.set(path, { at, size: length });
  }
  return found;
}

function layerIn(value: unknown, index: number, contents: ReadonlyMap<string, Span>, name: string): Span & Blob {
  const what = `layer ${index + 1}`;
  const { mediaType } = (value ?? {}) as { mediaType?: unknown };
  if (typeof mediaType === "string" && mediaType !== layerType && /[+.]?(gzip|zstd)$/.test(mediaType)) {
    throw new PreloadError("USAGE", `${name}: ${what} is compressed`, {
      hint: "skopeo compresses what it copies, unless --dest-oci-accept-uncompressed-layers is given. Take the file that `preload pack` has written.",
    });
  }
  if (mediaType !== layerType) throw corrupt(name, `${what} is of another kind`);
  const blob = blobIn(value, what, name);
  const span = contents.get(blobPath(blob.digest));
  if (span?.size !== blob.size) throw corrupt(name, `${what} is not there, or not as long as promised`);
  return { ...blob, at: span.at };
}

/** What nobody names was put there by somebody else. */
function refuseOthers(contents: ReadonlyMap<string, Span>, named: readonly Blob[], name: string): void {
  const paths = new Set(named.map(({ digest }) => blobPath(digest)));
  const other = [...contents.keys()].find((path) => path.startsWith("blobs/") && !paths.has(path));
  if (other !== undefined) throw corrupt(name, `it holds ${other}, which is no part of the image`);
}

function blobIn(value: unknown, what: string, name: string): Blob {
  const { digest, size } = (value ?? {}) as { digest?: unknown; size?: unknown };
  if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest) || !Number.isSafeInteger(size)) {
    throw corrupt(name, `its ${what} has no digest and size`);
  }
  return { digest: digest as Blob["digest"], size: Number(size) };
}

function object(bytes: Buffer, what: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw corrupt(name, `its ${what} is no JSON object`);
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
