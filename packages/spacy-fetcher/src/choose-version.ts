import { closest, formatRef, PreloadError, type Ref } from "@preload/core";
import { type Compatibility, lineFor, pipelinesIn, versionsOf } from "./compatibility.ts";
import { pipelineName } from "./pipeline-name.ts";
import type { SpacyVersion } from "./spacy-version.ts";

/** The pipeline version that `spacy download` would take for this spaCy. */
export function chooseVersion(ref: Ref, spacy: SpacyVersion, table: Compatibility): string {
  const name = pipelineName(ref);
  const line = lineFor(spacy.version, table);
  const shown = `spaCy ${spacy.version ?? line} (${spacy.rule})`;
  if (line === undefined) {
    throw new PreloadError("NOT_FOUND", `${formatRef(ref)}: no pipelines are published for ${shown}`, {
      hint: `Pin a version of the pipeline: spacy:${name}@${versionsOf(name, table)[0] ?? "3.8.0"}.`,
    });
  }
  const pipelines = table[line] ?? {};
  const [best] = Object.hasOwn(pipelines, name) ? (pipelines[name] ?? []) : [];
  if (best !== undefined) return best;
  throw versionsOf(name, table).length > 0
    ? notFor(ref, name, shown, table)
    : unknownPipeline(ref, shown, Object.keys(pipelines));
}

/** What to say of a pinned version that nobody published. */
export function notPublished(ref: Ref, version: string, table: Compatibility): PreloadError {
  const name = pipelineName(ref);
  const versions = versionsOf(name, table);
  if (versions.length === 0) return unknownPipeline(ref, "any spaCy", pipelinesIn(table));
  if (versions.includes(version)) {
    return new PreloadError(
      "REVISION_NOT_FOUND",
      `${formatRef(ref)}: version ${version} was published without a checksum`,
      {
        hint: `Take another one: ${versions.filter((other) => other !== version).join(", ")}.`,
      },
    );
  }
  return new PreloadError("REVISION_NOT_FOUND", `${formatRef(ref)}: ${name} has no version ${version}`, {
    hint: `It has ${versions.join(", ")}.`,
  });
}

function notFor(ref: Ref, name: string, shown: string, table: Compatibility): PreloadError {
  return new PreloadError("REVISION_NOT_FOUND", `${formatRef(ref)}: ${name} has no version for ${shown}`, {
    hint: `It has ${versionsOf(name, table).join(", ")}; pin one with spacy:${name}@VERSION.`,
  });
}

function unknownPipeline(ref: Ref, shown: string, known: readonly string[]): PreloadError {
  const near = closest(pipelineName(ref), known);
  const question = near === undefined ? "" : `; did you mean ${near}?`;
  return new PreloadError("NOT_FOUND", `${formatRef(ref)}: unknown pipeline for ${shown}${question}`, {
    hint: "spacy.io/models lists the pipelines.",
  });
}
