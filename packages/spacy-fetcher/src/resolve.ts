import { type Manifest, PreloadError, type Ref } from "@preload/core";
import { wheelUrl } from "./addresses.ts";
import type { Source } from "./ask.ts";
import { chooseVersion, notPublished } from "./choose-version.ts";
import type { Compatibility } from "./compatibility.ts";
import { entriesOf } from "./entries.ts";
import { parseOptions } from "./options.ts";
import { canonicalRef, pipelineName } from "./pipeline-name.ts";
import { fetchRelease } from "./release.ts";
import type { SpacyVersion } from "./spacy-version.ts";
import { readWheel } from "./wheel.ts";

export interface PipelineSource extends Source {
  /** Which spaCy it is for, unless the ref says so itself. */
  spacyVersion(): SpacyVersion;
  /** The one table for all refs. */
  compatibility(): Promise<Compatibility>;
}

/** Says which wheel a ref means, and what it unpacks to. */
export async function resolvePipeline(ref: Ref, source: PipelineSource): Promise<Manifest> {
  const name = pipelineName(ref);
  const { spacy } = parseOptions(ref);
  const version = ref.revision ?? (await currentVersion(ref, spacy, source));
  const release = await fetchRelease(name, version, source);
  if (release === undefined) throw notPublished(ref, version, await source.compatibility());
  const { sha256 } = release;
  if (sha256 === undefined) throw noChecksum(ref, version);

  const url = wheelUrl(name, version);
  const wheel = await readWheel(url, sha256, name, source);
  const path = `${name}/${name}-${version}`;
  if (!wheel.lines.some((line) => line.path.startsWith(`${path}/`))) throw noData(url, path);
  return {
    ref: canonicalRef(ref),
    options: ref.options,
    revision: version,
    license: release.license,
    path,
    entries: entriesOf(wheel, { name, url, sha256 }),
    leftOut: { files: 0, bytes: 0 },
    requires: release.requirements.map((requirement) => ({
      ref: `pip:${requirement.replace(/\s+/g, "")}`,
      why: `a Python package that ${name} needs beside spaCy`,
      safe: false,
    })),
  };
}

async function currentVersion(ref: Ref, spacy: string | undefined, source: PipelineSource): Promise<string> {
  const wanted = spacy === undefined ? source.spacyVersion() : { version: spacy, rule: "the ref's spacy option" };
  return chooseVersion(ref, wanted, await source.compatibility());
}

function noChecksum(ref: Ref, version: string): PreloadError {
  return new PreloadError(
    "REVISION_NOT_FOUND",
    `${canonicalRef(ref)}: version ${version} was published without a checksum`,
    {
      hint: "Releases for spaCy 3.1 and later have one.",
    },
  );
}

function noData(url: string, path: string): PreloadError {
  return new PreloadError("BAD_ANSWER", `${url} cannot be installed: it holds no ${path}`);
}
