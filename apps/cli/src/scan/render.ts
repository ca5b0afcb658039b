import type { Finding, Scan, UsedModel } from "@preload/scan";
import { modelsIn } from "@preload/scan";
import type { Painter } from "../paint.ts";
import { table } from "../table.ts";
import { count, plain, shortRevision } from "../words.ts";
import type { Comparison, Disagreement } from "./compare.ts";

/** What was found, and how it fits the config, for people. */
export function renderScan({ findings }: Scan, compared: Comparison | undefined, paint: Painter): string {
  const models = findings.filter((one) => one.type === "model");
  const unclear = findings.filter((one) => one.type === "unclear");
  const rows = models.map((one) => [placeOf(one), revised(one.ref, one.revision), notesOf(one)].map(plain));
  const [head = "", ...lines] = table([{ title: "WHERE" }, { title: "MODEL" }, { title: "LOADED BY" }], rows);
  const sections = [
    rows.length === 0 ? "No model was found.\n" : section(paint.dim(head), lines),
    ...listed(
      "Cannot tell",
      unclear.map((one) => `${placeOf(one)}  ${one.by}: ${one.why}`),
      paint,
    ),
    ...(compared ? comparison(compared, paint) : []),
  ];
  return sections.join("\n");
}

function comparison({ lacking, unused, disagreements }: Comparison, paint: Painter): string[] {
  return [
    ...listed("Not in the config", lacking.map(lackingLine), paint),
    ...listed(
      "In the config, and not found in the code",
      unused.map(({ ref, profiles }) => `${ref}  (${profiles.join(", ")})`),
      paint,
    ),
    ...listed("Code and config disagree on the revision", disagreements.flatMap(disagreementLines), paint),
  ];
}

function lackingLine({ ref, uses }: UsedModel): string {
  const [first] = uses;
  const more = uses.length > 1 ? ` and ${uses.length - 1} more` : "";
  return `${ref}  ${first ? placeOf(first) : ""}${more}`;
}

function disagreementLines({ use, asked, wanted }: Disagreement): string[] {
  const said = wanted.map(({ revisions, locked }) => {
    const names = revisions.map(shortRevision).join(", ");
    return locked === undefined || revisions.includes(locked) ? names : `${names}, locked at ${shortRevision(locked)}`;
  });
  const asks = use.revision === undefined ? "names none, which means main" : `asks for ${shortRevision(asked)}`;
  return [`${use.ref}  ${placeOf(use)} ${asks}; the config has ${said.join(" and ")}`];
}

function listed(title: string, lines: readonly string[], paint: Painter): string[] {
  return lines.length === 0
    ? []
    : [
        section(
          paint.bold(title),
          lines.map((line) => `  ${plain(line)}`),
        ),
      ];
}

function section(title: string, lines: readonly string[]): string {
  return `${[title, ...lines].join("\n")}\n`;
}

function revised(ref: string, revision: string | undefined): string {
  return revision === undefined ? ref : `${ref}@${shortRevision(revision)}`;
}

function notesOf(one: Finding & { type: "model" }): string {
  const { by, named, unless, revisionUnclear } = one;
  return [
    by,
    ...(named ? [`named in ${named.file === one.file ? `line ${named.line}` : placeOf(named)}`] : []),
    ...(unless === undefined ? [] : [`unless ${unless}`]),
    ...(revisionUnclear === undefined ? [] : [`revision not known: ${revisionUnclear}`]),
  ].join(", ");
}

/** `src/app.py:12`, `talk.ipynb:cell 3:2` */
function placeOf({
  file,
  line,
  cell,
}: {
  readonly file: string;
  readonly line: number;
  readonly cell?: number;
}): string {
  return cell === undefined ? `${file}:${line}` : `${file}:cell ${cell}:${line}`;
}

/** One line for the end: how many, and what is wrong. */
export function summary({ findings, files, skipped }: Scan, compared: Comparison | undefined): string {
  const unclear = findings.filter(({ type }) => type === "unclear").length;
  return [
    `${count(modelsIn(findings).length, "model")} in ${count(files, "file")}`,
    ...(unclear > 0 ? [`${count(unclear, "place")} where it cannot be told`] : []),
    ...(compared ? [`${compared.lacking.length} not in the config`] : []),
    ...(skipped.length > 0 ? [`${count(skipped.length, "file")} too large to be read`] : []),
  ].join(", ");
}

/** The same for programs. */
export function scanDocument({ findings, files, skipped }: Scan, compared: Comparison | undefined) {
  return {
    findings: findings.map((one) => ({
      type: one.type,
      file: one.file,
      line: one.line,
      cell: one.cell ?? null,
      by: one.by,
      from: one.from,
      ...(one.type === "unclear"
        ? { why: one.why }
        : {
            ref: one.ref,
            revision: one.revision ?? null,
            options: one.options,
            named: one.named ? { ...one.named, cell: one.named.cell ?? null } : null,
            unless: one.unless ?? null,
            revisionUnclear: one.revisionUnclear ?? null,
          }),
    })),
    models: modelsIn(findings).map(({ ref, revisions, options, uses }) => ({
      ref,
      revisions: revisions.map((one) => one ?? null),
      options,
      uses: uses.length,
    })),
    lacking: compared?.lacking.map(({ ref }) => ref) ?? null,
    unused: compared?.unused.map(({ ref }) => ref) ?? null,
    disagreements:
      compared?.disagreements.map(({ use, asked, wanted }) => ({
        ref: use.ref,
        file: use.file,
        line: use.line,
        cell: use.cell ?? null,
        asked,
        config: wanted.flatMap(({ revisions }) => revisions),
        locked: wanted.flatMap(({ locked }) => locked ?? []),
      })) ?? null,
    files,
    skipped,
  };
}
