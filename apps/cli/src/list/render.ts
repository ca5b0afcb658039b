import { schemeOf } from "../known-models.ts";
import type { Painter } from "../paint.ts";
import { ago, isoTime, projectNames } from "../projects/words.ts";
import { table } from "../table.ts";
import { count, shortRevision, bytes as shown } from "../words.ts";
import type { Foreign, ListedModel, Survey } from "./survey.ts";

export interface SurveyText {
  readonly verbose: boolean;
  /** Only some of the models were asked for. */
  readonly isNarrowed: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The survey as a table, for people. */
export function renderSurvey(found: Survey, paint: Painter, text: SurveyText): string {
  const nothing = text.isNarrowed
    ? "None of the models that are known here is meant; `preload list` shows all."
    : "No models are known here: no config, no lock, nothing installed.";
  const lines = found.models.length === 0 ? [nothing] : [...tableOf(found.models, paint, text), "", totalLine(found)];
  const { partials, foreign } = found;
  if (partials.files > 0) {
    lines.push(`unfinished   ${shown(partials.bytes)} in ${count(partials.files, "partial file")}`);
  }
  const unused = found.models.filter(({ from }) => from === "unused");
  if (unused.length > 0) {
    lines.push(`unused       ${count(unused.length, "model")} that no lock names any more; see \`preload prune\``);
  }
  if (foreign.length > 0 && !text.isNarrowed) lines.push("", ...foreignTable(foreign, paint));
  return `${lines.join("\n")}\n`;
}

const columns = [
  { title: "MODEL" },
  { title: "REVISION" },
  { title: "SIZE", align: "right" },
  { title: "STATE" },
  { title: "KNOWN FROM" },
  { title: "PROFILES" },
  { title: "PROJECTS" },
  { title: "LAST USED" },
] as const;

function tableOf(models: readonly ListedModel[], paint: Painter, { verbose, now }: SurveyText): string[] {
  const rows = models.map((model) => [
    model.ref,
    model.manifest ? shortRevision(model.manifest.revision) : "-",
    model.size === undefined ? "?" : shown(model.size),
    stateText(model),
    model.from,
    model.profiles.join(", ") || "-",
    projectNames(model.projects) || "-",
    ago(model.lastUsed, now),
  ]);
  const paintState = (text: string, row: number, column: number) => {
    if (row === -1) return paint.dim(text);
    if (column !== 3) return text;
    return { complete: paint.green, missing: paint.yellow, broken: paint.red }[models[row]?.state ?? "broken"](text);
  };
  const [head = "", ...lines] = table(columns, rows, paintState);
  const detailsOf = (model: ListedModel | undefined) => (model ? linesBelow(model, verbose) : []);
  return [
    head,
    ...lines.flatMap((line, row) => [line, ...detailsOf(models[row]).map((text) => paint.dim(`    ${text}`))]),
  ];
}

function linesBelow(model: ListedModel, verbose: boolean): string[] {
  const also = model.elsewhere.map(({ dir, rule, what }) => `also in ${dir}  (${rule}): ${what}`);
  if (!verbose) return also;
  return [`${model.dir}  (${model.dirRule})`, ...model.projects.map((lock) => `named by ${lock}`), ...also];
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

/** What others put there, a line for each repository, checkpoint and pipeline. */
function foreignTable(foreign: readonly Foreign[], paint: Painter): string[] {
  const rows = [...foreign]
    .sort((one, other) => other.bytes - one.bytes)
    .map(({ name, bytes, files, dir }) => [name, shown(bytes), count(files, "file"), dir]);
  const titles = [
    { title: "NOT OURS" },
    { title: "SIZE", align: "right" },
    { title: "FILES", align: "right" },
    { title: "IN" },
  ] as const;
  return table(titles, rows, (text, row) => (row === -1 ? paint.dim(text) : text));
}

/** The survey for programs. */
export function surveyDocument({ models, bytes, partials, foreign, caches }: Survey) {
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
      projects: model.projects,
      lastUsed: isoTime(model.lastUsed),
      dir: model.dir,
      dirRule: model.dirRule,
      path: model.manifest?.path ?? null,
    })),
    bytes,
    partials,
    foreign,
    caches,
  };
}
