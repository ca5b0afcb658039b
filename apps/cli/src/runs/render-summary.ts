import { table } from "../table.ts";
import { bytes, count, duration, plainLine, shortRevision } from "../words.ts";
import { shareOf } from "./figures.ts";
import { code, escaped, markdownTable } from "./markdown.ts";
import type { Summary, SummaryModel } from "./summary.ts";
import { budgetText, hitRate, retryCount, savedText } from "./wording.ts";

const columns = [
  { title: "Model" },
  { title: "Revision" },
  { title: "Size", align: "right" },
  { title: "From" },
  { title: "Time", align: "right" },
] as const;

// Pages show so much; a summary of GitHub's may have a megabyte.
const most = 200;

/** For the page on which a CI shows what a job did. */
export function markdownSummary(summary: Summary): string {
  const shown = summary.models.slice(0, most);
  const rows = shown.map((model) => [
    code(model.ref),
    code(shortRevision(model.revision ?? "")),
    sizeOf(model),
    model.from,
    duration(model.milliseconds),
  ]);
  const failed = failures(summary).map(
    ({ ref, message }) => `- ${ref === "" ? "" : `${code(ref)}: `}${escaped(message)}`,
  );
  const paragraphs = [
    [`### ${heading(summary)}`],
    ...(rows.length > 0 ? [[...markdownTable(columns, rows), ...rest(summary)]] : []),
    facts(summary, escaped).map(([name, text]) => `- **${name}:** ${text}`),
    ...(failed.length > 0 ? [["**Not there:**", "", ...failed]] : []),
  ];
  return `${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** The same for a log. */
export function textSummary(summary: Summary): string {
  const shown = summary.models.slice(0, most);
  const rows = shown.map((model) => [
    plainLine(model.ref),
    plainLine(shortRevision(model.revision ?? "")),
    sizeOf(model),
    model.from,
    duration(model.milliseconds),
  ]);
  const failed = failures(summary).map(({ ref, message }) => plainLine(ref === "" ? message : `${ref}: ${message}`));
  const paragraphs = [
    [heading(summary)],
    ...(rows.length > 0 ? [[...table(columns, rows), ...rest(summary)]] : []),
    facts(summary, plainLine).map(([name, text]) => `${name}: ${text}`),
    ...(failed.length > 0 ? [["Not there:", ...failed.map((line) => `  ${line}`)]] : []),
  ];
  return `${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading({ models, exitCode, command }: Summary): string {
  const ready = models.filter((model) => !["failed", "skipped"].includes(model.from)).length;
  const skipped = models.filter((model) => model.from === "skipped").length;
  const what =
    models.length === 0
      ? `preload ${command}`
      : `${ready} of ${count(models.length, "model")} ready${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return exitCode === 0 ? what : `${what}; exit ${exitCode}`;
}

function rest({ models }: Summary): string[] {
  return models.length > most ? ["", `and ${models.length - most} more`] : [];
}

function sizeOf(model: SummaryModel): string {
  return model.bytes === null ? "" : bytes(model.bytes);
}

/** @param foreign makes a text that came from elsewhere fit to stand there */
function facts(summary: Summary, foreign: (text: string) => string): [name: string, text: string][] {
  const { hits, saved, cache, fetchedBytes, requests, retries, errors, milliseconds } = summary;
  const network = [count(requests, "request"), ...(retries > 0 ? [retryCount(retries)] : [])].join(", ");
  const told = errors.slice(0, 10).map((error) => `${foreign(`${error.host} ${error.cause}`)} × ${error.count}`);
  const share = shareOf(cache.bytes, cache.budget);
  return [
    ...(hits ? [["Hit rate", hitRate(hits)] as [string, string]] : []),
    ...(saved ? [["Saved", savedText(saved)] as [string, string]] : []),
    ["Fetched", `${bytes(fetchedBytes)} in ${duration(milliseconds)}; ${network}`],
    ...(share === undefined ? [] : [["Cache", budgetText(cache)] as [string, string]]),
    ...(told.length > 0 ? [["Network errors", told.join(", ")] as [string, string]] : []),
  ];
}

function failures({ models, error }: Summary): { ref: string; message: string }[] {
  const failed = models.filter((model) => model.from === "failed");
  const told = failed.map((model) => ({ ref: model.ref, message: firstLine(model.error) }));
  // What ended the whole run is said once, and not for every model.
  return error === null ? told : [{ ref: "", message: firstLine(error) }];
}

function firstLine(error: { readonly code: string; readonly message: string } | null): string {
  const [line = ""] = (error?.message ?? "").split("\n", 1);
  return line === "" ? (error?.code ?? "") : line;
}
