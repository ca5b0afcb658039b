import { PreloadError, type Ref, type Upstream } from "@preload/core";
import { type Compatibility, isPrerelease, lineFor, versionsOf } from "./compatibility.ts";
import { parseOptions } from "./options.ts";
import { pipelineName } from "./pipeline-name.ts";
import type { SpacyVersion } from "./spacy-version.ts";

export interface UpstreamSource {
  spacyVersion(): SpacyVersion;
  compatibility(): Promise<Compatibility>;
}

/** Whether the first of these versions is made for the spaCy that is here, and whether there is a newer one for another. */
export async function askUpstream(ref: Ref, revisions: readonly string[], source: UpstreamSource): Promise<Upstream> {
  const name = pipelineName(ref);
  const { spacy } = parseOptions(ref);
  const [current] = revisions;
  const last = revisions.at(-1);
  const { version, rule } = spacy === undefined ? source.spacyVersion() : { version: spacy, rule: "its spacy option" };
  const table = await tableOf(source);
  return {
    dates: {},
    ...(current === undefined || table === undefined
      ? { remarks: [] }
      : fitOf(name, current, { version, rule }, table)),
    ...(last === undefined ? {} : { page: `https://github.com/explosion/spacy-models/releases/tag/${name}-${last}` }),
  };
}

function fitOf(
  name: string,
  current: string,
  { version, rule }: SpacyVersion,
  table: Compatibility,
): Pick<Upstream, "misfit" | "remarks"> {
  const all = versionsOf(name, table);
  // What nobody published there is no matter of this table.
  if (!all.includes(current)) return { remarks: [] };
  const line = lineFor(version, table);
  const fitting = line === undefined ? [] : (table[line]?.[name] ?? []);
  const better = fitting[0] === undefined ? "and no other is" : `${fitting[0]} is`;
  const misfit = `${current} is not made for spaCy ${version ?? line} (${rule}); ${better}`;
  const newest = all.find((version) => !isPrerelease(version));
  const isElsewhere = newest !== undefined && newest !== current && !fitting.includes(newest);
  return {
    ...(fitting.includes(current) ? {} : { misfit }),
    remarks: isElsewhere ? [`${newest} is there for spaCy ${linesWith(name, newest, table).join(", ")}`] : [],
  };
}

function linesWith(name: string, version: string, table: Compatibility): string[] {
  return Object.keys(table).filter((line) => table[line]?.[name]?.includes(version));
}

async function tableOf({ compatibility }: UpstreamSource): Promise<Compatibility | undefined> {
  try {
    return await compatibility();
  } catch (error) {
    if (error instanceof PreloadError && error.code !== "ABORTED") return undefined;
    throw error;
  }
}
