import { PreloadError } from "@preload/core";
import { errorDocument } from "../documents.ts";
import { bytes, count, shortRevision } from "../words.ts";
import type { Comparison, Side } from "./compare.ts";
import type { Standing } from "./standing.ts";

/** What differs, in the same words wherever it is told: revisions and dates, bytes, files, license. */
export function describeComparison({ current, latest, changes, toFetch }: Comparison): string[] {
  const { license, gated, added, changed, dropped } = changes;
  const files = [...named("changed", changed), ...named("added", added), ...named("dropped", dropped)];
  return [
    ...(latest === null ? [] : [`${sizes(current, latest)}, ${toFetch === 0 ? "nothing" : bytes(toFetch)} to fetch`]),
    ...(files.length === 0 ? [] : [files.join("; ")]),
    ...(license === null ? [] : [`LICENSE was ${license.before ?? "not named"}, is ${license.after ?? "not named"}`]),
    ...(gated === null
      ? []
      : [gated.after === false ? "GATED no more" : `GATED now: its terms have to be accepted (${gated.after})`]),
  ];
}

/** `40ff2a1 of 2024-01-01 → 8c81b52 of 2024-05-02` */
export function describeMove(current: Side | null, latest: Side | null): string {
  if (current?.revision === latest?.revision) return `${dated(latest)}, the same revision`;
  return [current, latest].flatMap((side) => (side === null ? [] : [dated(side)])).join(" → ");
}

/** One model: a line, and what there is to know in lines below it. */
export function describeStanding(standing: Standing): string[] {
  const { ref, status, current, latest, follows, misfit, remarks, renamed, url, error } = standing;
  const isBehind = status === "outdated" || (status === "pinned" && current?.revision !== latest?.revision);
  const details = [
    ...(isBehind || status === "unavailable" ? describeComparison(standing) : []),
    ...(misfit === null ? [] : [`MISFIT: ${misfit}`]),
    ...remarks,
    ...(renamed === null ? [] : [`RENAMED: its source calls it ${renamed}`]),
    ...(isBehind && url !== null ? [url] : []),
  ];
  const line = `${status.padEnd(11)}  ${ref}  ${head()}`.trimEnd();
  return [line, ...details.map((detail) => `  ${detail}`)];

  function head(): string {
    switch (status) {
      case "outdated":
        return follows === null ? describeMove(current, latest) : `${describeMove(current, latest)} (${follows})`;
      case "pinned":
        return isBehind ? `${follows} holds ${dated(latest)}` : `${follows} holds the same`;
      case "current":
        return dated(current);
      case "unlocked":
        return `not in the lock; ${dated(latest)} today`;
      case "unavailable":
      case "failed":
        return reason(error, ref);
    }
  }
}

/** The same for programs. */
export function standingDocument({ error, ...standing }: Standing): object {
  return { ...standing, error: error === undefined ? null : errorDocument(error) };
}

function dated(side: Side | null): string {
  if (side === null) return "";
  const { revision, date } = side;
  return `${shortRevision(revision)}${date === null ? "" : ` of ${date.slice(0, 10)}`}`;
}

function sizes(current: Side | null, latest: Side): string {
  const [was, is] = [current === null ? undefined : bytes(current.bytes), bytes(latest.bytes)];
  const now = `${is} in ${count(latest.files, "file")}`;
  return was === undefined || was === is ? now : `was ${was}, is ${now}`;
}

const shownAtMost = 4;

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, shownAtMost).join(", ");
  return [`${what} ${shown}${names.length > shownAtMost ? ` and ${names.length - shownAtMost} more` : ""}`];
}

function reason(error: unknown, ref: string): string {
  const [first = ""] = (error instanceof PreloadError ? error.message : String(error)).split("\n");
  return first.startsWith(`${ref}: `) ? first.slice(ref.length + 2) : first.replace(`${ref} `, "");
}
