import type { ModelRun, RunRecord } from "./record.ts";

/** How much of what was asked for was there already. */
export interface Hits {
  /** Models that were asked for, once for each run, and how many of them were there as promised. */
  readonly models: number;
  readonly hits: number;
  /** Their bytes, and how many of them were there. */
  readonly bytes: number;
  readonly cachedBytes: number;
}

/**
 * Of runs that bring models: `install` and `ci`. A `verify` asks for nothing, and what comes out of a pack is neither
 * there nor fetched. What was skipped was not asked for.
 */
export function hitsOf(records: readonly RunRecord[]): Hits {
  const models = records.filter(bringsModels).flatMap((record) => record.models.filter(isAskedFor));
  return {
    models: models.length,
    hits: models.filter(({ source }) => source === "cache").length,
    bytes: sum(models.map(({ bytes }) => bytes ?? 0)),
    cachedBytes: sum(models.map(cachedBytes)),
  };
}

export function bringsModels({ command }: RunRecord): boolean {
  return command === "install" || command === "ci";
}

function isAskedFor({ source }: ModelRun): boolean {
  return source !== "skipped" && source !== "pack";
}

/** What did not have to be fetched. Archives come smaller than they lie on the disk, so the source decides first. */
function cachedBytes({ source, bytes, fetchedBytes }: ModelRun): number {
  if (source === "cache") return bytes ?? 0;
  return source === "repaired" ? Math.max(0, (bytes ?? 0) - fetchedBytes) : 0;
}

/** A part of a whole, from 0 to 1; undefined when there is no whole. */
export function shareOf(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

/** How fast models came over the network. */
export interface Rate {
  readonly bytesPerSecond: number;
  /** What it was measured over. */
  readonly bytes: number;
  readonly runs: number;
}

// Less than this says more of how fast an origin answers than of how fast bytes come.
const enough = 1_000_000;

/** Over all runs that fetched something, with all that they did besides. Undefined when that was next to nothing. */
export function rateOf(records: readonly RunRecord[]): Rate | undefined {
  const fetching = records.filter(({ command, fetchedBytes }) => command !== "unpack" && fetchedBytes > 0);
  const bytes = sum(fetching.map(({ fetchedBytes }) => fetchedBytes));
  const milliseconds = sum(fetching.map((record) => record.milliseconds));
  if (bytes < enough || milliseconds <= 0) return undefined;
  return { bytesPerSecond: (bytes / milliseconds) * 1000, bytes, runs: fetching.length };
}

/** Milliseconds that bytes take at a rate. */
export function timeFor(bytes: number, rate: Pick<Rate, "bytesPerSecond">): number {
  return (bytes / rate.bytesPerSecond) * 1000;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
