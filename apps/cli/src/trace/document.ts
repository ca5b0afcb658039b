import type { Findings, FoundModel } from "./findings.ts";
import { addLines } from "./render.ts";

/** The findings for programs. */
export function findingsDocument({ models, absent, unnamed, others, unused }: Findings, config: string | undefined) {
  const lines = models.flatMap(({ line }) => (line === undefined ? [] : [line]));
  return {
    config: config ?? null,
    models: models.map((model) => modelDocument(model, config)),
    commands: addLines(lines),
    unused: unused ?? null,
    absent,
    unnamed: unnamed.map(({ host, what }) => ({ host, what: what ?? null })),
    others,
  };
}

function modelDocument({ use, lacking, line }: FoundModel, config: string | undefined) {
  const { ref, revision, files, isRequested } = use;
  return {
    ref,
    revision: revision ?? null,
    files: [...files.keys()].sort(),
    seen: isRequested ? "requested" : "opened",
    inConfig: config === undefined ? null : line === undefined,
    why: lacking || null,
    line: line === undefined ? null : { ref: line.ref, ...line.settings },
    note: line?.comment || null,
  };
}
