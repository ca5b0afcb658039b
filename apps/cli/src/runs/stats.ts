import { bringsModels, type Hits, hitsOf, type Rate, rateOf, sum } from "./figures.ts";
import type { NetworkError, RunRecord } from "./record.ts";
import { type Saved, savedBy } from "./summary.ts";

/** What the runs of a log come to. */
export interface Stats {
  readonly runs: number;
  readonly byCommand: Readonly<Record<string, number>>;
  /** How many ended with another exit code than 0. */
  readonly failed: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly hits: Hits;
  /** Without the first run of each project, which has to fetch everything. */
  readonly hitsAfterFirst: Hits;
  readonly fetchedBytes: number;
  readonly saved: Saved;
  readonly rate: Rate | null;
  readonly requests: number;
  readonly retries: number;
  /** The most frequent first. */
  readonly errors: readonly NetworkError[];
  readonly trend: readonly Period[];
  readonly slowest: readonly SlowModel[];
}

/** A day, or a week from Monday on. */
export interface Period {
  readonly unit: "day" | "week";
  /** `2026-11-23`, in UTC. */
  readonly from: string;
  readonly runs: number;
  readonly failed: number;
  readonly hits: Hits;
  readonly fetchedBytes: number;
}

export interface SlowModel {
  readonly ref: string;
  /** The longest that it took to fetch or mend it, others being worked at meanwhile. */
  readonly milliseconds: number;
  /** Over all runs. */
  readonly fetchedBytes: number;
  readonly times: number;
}

/** @param since milliseconds since 1970; what is older counts only for which run of a project was its first */
export function statsOf(all: readonly RunRecord[], since = 0): Stats {
  const records = all.filter(({ at }) => Date.parse(at) >= since).sort(byTime);
  const firsts = firstRuns(all);
  const rate = rateOf(records) ?? rateOf(all);
  const hits = hitsOf(records);
  return {
    runs: records.length,
    byCommand: countsOf(records.map(({ command }) => command)),
    failed: failedOf(records),
    first: records[0]?.at ?? null,
    last: records.at(-1)?.at ?? null,
    hits,
    hitsAfterFirst: hitsOf(records.filter((record) => !firsts.has(record))),
    fetchedBytes: sum(records.map(({ fetchedBytes }) => fetchedBytes)),
    saved: savedBy(hits.cachedBytes, rate),
    rate: rate ?? null,
    requests: sum(records.map(({ requests }) => requests)),
    retries: sum(records.map(({ retries }) => retries)),
    errors: errorsOf(records),
    trend: trendOf(records),
    slowest: slowestOf(records),
  };
}

function byTime(one: RunRecord, other: RunRecord): number {
  return Date.parse(one.at) - Date.parse(other.at);
}

function failedOf(records: readonly RunRecord[]): number {
  return records.filter(({ exitCode }) => exitCode !== 0).length;
}

function firstRuns(all: readonly RunRecord[]): ReadonlySet<RunRecord> {
  const firsts = new Map<string | null, RunRecord>();
  for (const record of all) if (bringsModels(record) && !firsts.has(record.project)) firsts.set(record.project, record);
  return new Set(firsts.values());
}

function errorsOf(records: readonly RunRecord[]): NetworkError[] {
  const found = new Map<string, NetworkError>();
  for (const { host, cause, count } of records.flatMap(({ errors }) => errors)) {
    const key = `${host}\n${cause}`;
    found.set(key, { host, cause, count: count + (found.get(key)?.count ?? 0) });
  }
  return [...found.values()].sort((one, other) => other.count - one.count || (one.host < other.host ? -1 : 1));
}

const day = 24 * 60 * 60 * 1000;
// So many days fit on a screen; what lasts longer is told by weeks.
const daysAtMost = 21;
// Two years. A clock that was wrong once would else make thousands of weeks in which nothing was.
const weeksAtMost = 104;

/** In order; a day or week without a run is there as well, so that a chart shows the gap. */
function trendOf(records: readonly RunRecord[]): Period[] {
  const times = records.map(({ at }) => Date.parse(at));
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  const unit = last - first > daysAtMost * day ? "week" : "day";
  const step = unit === "week" ? 7 * day : day;
  const groups = new Map<number, RunRecord[]>();
  const start = Math.max(startOf(first, unit), startOf(last, unit) - (weeksAtMost - 1) * step);
  for (let from = start; from <= last; from += step) groups.set(from, []);
  for (const [index, record] of records.entries()) groups.get(startOf(times[index] ?? 0, unit))?.push(record);
  return [...groups].map(([from, group]) => ({
    unit,
    from: new Date(from).toISOString().slice(0, 10),
    runs: group.length,
    failed: failedOf(group),
    hits: hitsOf(group),
    fetchedBytes: sum(group.map(({ fetchedBytes }) => fetchedBytes)),
  }));
}

function startOf(time: number, unit: Period["unit"]): number {
  const midnight = Math.floor(time / day) * day;
  // 1970 began on a Thursday.
  return unit === "day" ? midnight : midnight - ((midnight / day + 3) % 7) * day;
}

function slowestOf(records: readonly RunRecord[]): SlowModel[] {
  const found = new Map<string, SlowModel>();
  for (const { ref, source, milliseconds, fetchedBytes } of records.flatMap(({ models }) => models)) {
    if (source !== "network" && source !== "repaired") continue;
    const known = found.get(ref);
    found.set(ref, {
      ref,
      milliseconds: Math.max(milliseconds, known?.milliseconds ?? 0),
      fetchedBytes: fetchedBytes + (known?.fetchedBytes ?? 0),
      times: 1 + (known?.times ?? 0),
    });
  }
  return [...found.values()].sort((one, other) => other.milliseconds - one.milliseconds);
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = 1 + (counts[word] ?? 0);
  return counts;
}
