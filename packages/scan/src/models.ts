import type { Json, RefOptions } from "@preload/core";
import type { Finding, ModelFinding } from "./finding.ts";

/** One model that a code base uses, with all that its uses ask for. */
export interface UsedModel {
  /** In canonical form, without a revision. */
  readonly ref: string;
  /** The revisions that the code names; `undefined` among them stands for a use that names none. */
  readonly revisions: readonly (string | undefined)[];
  /** What covers every use, as a config would say it beside the ref. */
  readonly options: RefOptions;
  readonly uses: readonly ModelFinding[];
}

/** The models of the findings, each once, in the order of their refs. */
export function modelsIn(findings: readonly Finding[]): UsedModel[] {
  const byRef = new Map<string, ModelFinding[]>();
  for (const finding of findings) {
    if (finding.type !== "model") continue;
    const known = byRef.get(finding.ref);
    if (known) known.push(finding);
    else byRef.set(finding.ref, [finding]);
  }
  return [...byRef]
    .map(([ref, uses]) => {
      // What a test only names is needed as it is loaded elsewhere.
      const loads = uses.some(({ marks }) => !marks) ? uses.filter(({ marks, revision }) => !marks || revision) : uses;
      return {
        ref,
        revisions: [...new Set(loads.map(({ revision }) => revision))],
        options: covering(loads.map(({ options }) => options)),
        uses,
      };
    })
    .sort((one, other) => (one.ref < other.ref ? -1 : 1));
}

// The first of these that a use asks for covers the others.
const widest = ["all", "pyannote", "sentence-transformers", "faster-whisper", "gguf", "transformers.js"];

function covering(all: readonly RefOptions[]): RefOptions {
  const merged: Record<string, Json> = {};
  const loader = widest.find((one) => all.some((options) => options["for"] === one));
  if (loader !== undefined) merged["for"] = loader;
  // Single files are enough only where nobody loads the whole.
  for (const name of ["include", "file"]) {
    if (all.every((options) => Array.isArray(options[name]))) {
      merged[name] = [...new Set(all.flatMap((options) => options[name] as string[]))];
    }
  }
  if (all.every((options) => Array.isArray(options["exclude"]))) {
    const [first = [], ...rest] = all.map((options) => options["exclude"] as string[]);
    const shared = first.filter((pattern) => rest.every((one) => one.includes(pattern)));
    if (shared.length > 0) merged["exclude"] = shared;
  }
  for (const name of ["weights", "variant", "framework", "dtype", "code"]) {
    const said = new Set(all.map((options) => options[name]));
    const [value] = [...said].filter((one) => one !== undefined);
    // Where uses disagree, nothing is said, and the default holds.
    if (value !== undefined && (said.size === 1 || name === "code")) merged[name] = value;
  }
  return merged;
}
