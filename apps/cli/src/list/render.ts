import { schemeOf } from "../known-models.ts";
import type { Painter } from "../paint.ts";
import { table } from "../table.ts";
import { count, shortRevision, bytes as shown } from "../words.ts";
import type { Foreign, ListedModel, Survey } from "./survey.ts";

export interface SurveyText {
  readonly verbose: boolean;
  /** Only some of the models were asked for. */
  readonly isNarrowed: boolean;
}

/** The survey as a table, for people. */
export function renderSurvey(found: Survey, paint: Painter, { verbose, isNarrowed }: SurveyText): string {
  const nothing = isNarrowed
    ? "None of the models that are known here is meant; `preload list` shows all."
    : "No models are known here: no config, no lock, nothing installed.";
  const lines =
    found.models.length === 0 ? [nothing] : [...tableOf(found.models, paint, verbose), "", totalLine(found)];
  const { partials, foreign } = found;
  if (partials.files > 0) {
    lines.push(`unfinished   ${shown(partials.bytes)} in ${count(partials.files, "partial file")}`);
  }
  if (foreign.length > 0) lines.push(foreignLine(foreign, verbose));
  if (verbose) lines.push(...foreign.map((one) => `  ${one.name}  ${sizeAndFiles(one)}  in ${one.dir}`));
  return `${lines.join("\n")}\n`;
}

const columns = [
  { title: "MODEL" },
  { title: "REVISION" },
  { title: "SIZE", align: "right" },
  { title: "STATE" },
  { title: "KNOWN FROM" },
  { title: "PROFILES" },
] as const;

function tableOf(models: readonly ListedModel[], paint: Painter, verbose: boolean): string[] {
  const rows = models.map((model) => [
    model.ref,
    model.manifest ? shortRevision(model.manifest.revision) : "-",
    model.size === undefined ? "?" : shown(model.size),
    stateText(model),
    model.from,
    model.profiles.join(", ") || "-",
  ]);
  const paintState = (text: string, row: number, column: number) => {
    if (row === -1) return paint.dim(text);
    if (column !== 3) return text;
    return { complete: paint.green, missing: paint.yellow, broken: paint.red }[models[row]?.state ?? "broken"](text);
  };
  const [head = "", ...lines] = table(columns, rows, paintState);
  const details = models.map((model) => paint.dim(`    ${model.dir}  (${model.dirRule})`));
  const also = models.map(({ elsewhere }) =>
    elsewhere.map(({ dir, rule, what }) => paint.dim(`    also in ${dir}  (${rule}): ${what}`)),
  );
  return [
    head,
    ...lines.flatMap((line, row) => [line, ...(verbose ? [details[row] ?? ""] : []), ...(also[row] ?? [])]),
  ];
}

function stateText({ state, present, size, manifest }: ListedModel): string {
  if (!manifest) return "missing (not resolved)";
  if (state === "missing" && present > 0 && size !== undefined && present < size) {
    return `missing (${shown(present)} there)`;
  }
  return state;
}

function totalLine({ models, bytes }: Survey): string {
  const complete = models.filter(({ state }) => state === "complete").length;
  const shared = bytes < models.reduce((all, { present }) => all + present, 0);
  const note = shared ? ", what models share counted once" : "";
  return `total        ${shown(bytes)} on disk${note}; ${complete} of ${count(models.length, "model")} complete`;
}

function foreignLine(foreign: readonly Foreign[], verbose: boolean): string {
  const bytes = foreign.reduce((all, one) => all + one.bytes, 0);
  const files = foreign.reduce((all, one) => all + one.files, 0);
  const largest = [...foreign].sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  const names = largest.map(({ name }) => name).join(", ") + (foreign.length > 3 ? ", …" : "");
  const listed = verbose ? "" : ` (${names})`;
  return `not ours     ${shown(bytes)} in ${count(files, "file")}${listed}`;
}

function sizeAndFiles({ bytes, files }: Foreign): string {
  return `${shown(bytes)}, ${count(files, "file")}`;
}

/** The survey for programs. */
export function surveyDocument({ models, bytes, partials, foreign }: Survey) {
  return {
    models: models.map((model) => ({
      ref: model.ref,
      source: schemeOf(model.ref),
      revision: model.manifest?.revision ?? null,
      license: model.manifest?.license ?? null,
      gated: model.manifest?.gated ?? false,
      size: model.size ?? null,
      present: model.present,
      state: model.state,
      problems: model.problems,
      elsewhere: model.elsewhere,
      from: model.from,
      profiles: model.profiles,
      dir: model.dir,
      dirRule: model.dirRule,
      path: model.manifest?.path ?? null,
    })),
    bytes,
    partials,
    foreign,
  };
}
