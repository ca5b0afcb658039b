import type { Painter } from "../paint.ts";
import { table } from "../table.ts";
import { bytes, count, duration, plainLine } from "../words.ts";
import { shareOf } from "./figures.ts";
import type { Period, SlowModel, Stats } from "./stats.ts";
import { budgetText, goalText, hitRate, percent, retryCount, savedText } from "./wording.ts";

export interface StatsText {
  readonly cache: { readonly bytes: number; readonly budget: number } | undefined;
  readonly paint: Painter;
}

// So many lines of each table; `--json` has all.
const most = 14;

/** The figures for people. */
export function renderStats(stats: Stats, { cache, paint }: StatsText): string {
  const name = (text: string) => paint.bold(text.padEnd(10));
  const { errors, retries, saved } = stats;
  const lines = [
    heading(stats),
    "",
    ...hitLines(stats).map((text, index) => `${name(index === 0 ? "Hit rate" : "")}${text}`),
    `${name("Saved")}${savedText(saved)}${rateNote(stats)}`,
    `${name("Fetched")}${bytes(stats.fetchedBytes)}; ${count(stats.requests, "request")}, ${retryCount(retries)}`,
    ...(cache ? [`${name("Cache")}${budgetText(cache)}`] : []),
    ...errors
      .slice(0, most)
      .map(
        ({ host, cause, count: times }, index) =>
          `${name(index === 0 ? "Errors" : "")}${plainLine(host)}: ${plainLine(cause)} × ${times}`,
      ),
    ...trendLines(stats.trend, paint),
    ...slowLines(stats.slowest, paint),
  ];
  return `${lines.join("\n")}\n`;
}

/** `12 runs from 2026-11-20 to 2026-11-23 (8 ci, 3 install, 1 verify), 1 of them failed` */
function heading({ runs, first, last, byCommand, failed }: Stats): string {
  const days = [first, last].map((at) => at?.slice(0, 10));
  const when = days[0] === days[1] ? `on ${days[0]}` : `from ${days[0]} to ${days[1]}`;
  const commands = Object.entries(byCommand).map(([command, times]) => `${times} ${command}`);
  return `${count(runs, "run")} ${when} (${commands.join(", ")}); ${failed === 0 ? "none" : failed} failed`;
}

function hitLines({ hits, hitsAfterFirst }: Stats): string[] {
  if (hits.models === 0) return ["no run of install or ci, so nothing was asked for"];
  if (hitsAfterFirst.models === 0) return [`${hitRate(hits)}; a project's first run has to fetch everything`];
  return [
    `${hitRate(hitsAfterFirst)} after the first run of each project; ${goalText(hitsAfterFirst)}`,
    `${hitRate(hits)} over all`,
  ];
}

/** How the time was estimated. */
function rateNote({ saved: { rate } }: Stats): string {
  return rate === null ? "" : `, as ${count(rate.runs, "run")} fetched ${bytes(rate.bytes)}`;
}

function trendLines(trend: readonly Period[], paint: Painter): string[] {
  const shown = trend.slice(-most);
  if (shown.length < 2) return [];
  const titles = [
    { title: shown[0]?.unit === "week" ? "WEEK FROM" : "DAY" },
    { title: "RUNS", align: "right" },
    { title: "FAILED", align: "right" },
    { title: "HIT RATE", align: "right" },
    { title: "FROM CACHE", align: "right" },
    { title: "FETCHED", align: "right" },
  ] as const;
  const rows = shown.map(({ from, runs, failed, hits, fetchedBytes }) => {
    const rate = shareOf(hits.hits, hits.models);
    return [
      from,
      `${runs}`,
      `${failed}`,
      rate === undefined ? "-" : percent(rate),
      bytes(hits.cachedBytes),
      bytes(fetchedBytes),
    ];
  });
  return ["", ...table(titles, rows, dimHead(paint))];
}

function slowLines(slowest: readonly SlowModel[], paint: Painter): string[] {
  if (slowest.length === 0) return [];
  const titles = [
    { title: "SLOWEST MODELS" },
    { title: "LONGEST", align: "right" },
    { title: "TIMES", align: "right" },
    { title: "FETCHED", align: "right" },
  ] as const;
  const rows = slowest
    .slice(0, 5)
    .map(({ ref, milliseconds, times, fetchedBytes }) => [
      plainLine(ref),
      duration(milliseconds),
      `${times}`,
      bytes(fetchedBytes),
    ]);
  return ["", ...table(titles, rows, dimHead(paint))];
}

function dimHead(paint: Painter) {
  return (text: string, row: number) => (row === -1 ? paint.dim(text) : text);
}
