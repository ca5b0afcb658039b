import {
  closest,
  formatRef,
  type Http,
  type Manifest,
  type Mirror,
  PreloadError,
  type Ref,
  safePath,
  sizeOf,
} from "@preload/core";
import { type Checkpoint, checkpointFor, checkpoints, names, publicUrl } from "./checkpoints.ts";
import type { CheckpointOptions } from "./options.ts";

export interface Source {
  readonly http: Http;
  readonly mirrors: readonly Mirror[];
  readonly signal?: AbortSignal | undefined;
}

/** Says which one file a ref means. What OpenAI publishes is known without asking anybody. */
export async function resolveCheckpoint(ref: Ref, source: Source): Promise<Manifest> {
  const options = await optionsOf(ref);
  const published = checkpointFor(ref.name);
  const { url, ...checkpoint } = published ? publishedOne(ref, published, options) : await ownOne(ref, options, source);
  return {
    ref: formatRef(ref),
    options: ref.options,
    revision: checkpoint.sha256,
    license: published && "MIT",
    path: checkpoint.file,
    entries: [
      { type: "file", path: checkpoint.file, url, size: checkpoint.size, digest: `sha256:${checkpoint.sha256}` },
    ],
    leftOut: { files: 0, bytes: 0 },
    requires: [],
  };
}

async function optionsOf(ref: Ref): Promise<CheckpointOptions> {
  // Without options the validator need not be loaded.
  if (Object.keys(ref.options).length === 0) return {};
  return (await import("./options.ts")).parseOptions(ref);
}

type Found = Checkpoint & { readonly url: string };

function publishedOne(ref: Ref, published: Checkpoint, options: CheckpointOptions): Found {
  const wanted = options.sha256 ?? ref.revision;
  if (wanted !== undefined && wanted !== published.sha256) throw notTheOneLoaded(ref, published, wanted);
  return { ...published, url: options.url ?? publicUrl(published.sha256, published.file) };
}

async function ownOne(ref: Ref, options: CheckpointOptions, source: Source): Promise<Found> {
  const sha256 = options.sha256 ?? ref.revision;
  if (sha256 === undefined) throw options.url === undefined ? unknown(ref) : noDigest(ref);
  const file = fileOf(ref);
  const url = options.url ?? publicUrl(sha256, file);
  const size = options.size ?? (await sizeOf(url, formatRef(ref), source));
  return { file, sha256, size, url };
}

function fileOf(ref: Ref): string {
  const file = ref.name.endsWith(".pt") ? ref.name : `${ref.name}.pt`;
  if (file.includes("/")) {
    throw new PreloadError("BAD_REF", `${formatRef(ref)}: a checkpoint's name is a file name, without "/"`);
  }
  // Not every disk tells Tiny.pt from tiny.pt.
  const taken = Object.values(checkpoints).some((checkpoint) => checkpoint.file === file.toLowerCase());
  if (taken) throw new PreloadError("BAD_REF", `${formatRef(ref)}: ${file} is the name of a checkpoint of OpenAI's`);
  return safePath(file, "win32");
}

function notTheOneLoaded(ref: Ref, published: Checkpoint, wanted: string): PreloadError {
  const facts = `  asked for ${wanted}\n  published ${published.sha256}`;
  return new PreloadError(
    "REVISION_NOT_FOUND",
    `${formatRef(ref)}: whisper.load_model("${ref.name}") accepts only one file\n${facts}`,
    { hint: "Give a checkpoint of your own a name of its own." },
  );
}

function noDigest(ref: Ref): PreloadError {
  return new PreloadError("BAD_CONFIG", `${formatRef(ref)}: a url needs its sha256 beside it`, {
    hint: "sha256sum prints it for a copy you trust.",
  });
}

function unknown(ref: Ref): PreloadError {
  // large.en does not exist, but large does.
  const near = closest(ref.name, names) ?? closest(ref.name.replace(/\.en$/, ""), names);
  const question = near === undefined ? "" : `; did you mean ${near}?`;
  return new PreloadError("NOT_FOUND", `${formatRef(ref)}: unknown whisper model ${ref.name}${question}`, {
    hint: `Whisper knows ${names.join(", ")}; a checkpoint of your own needs url and sha256.`,
  });
}
