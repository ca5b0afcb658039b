import type { CacheFact, CacheFacts } from "./cache-facts.ts";
import { type Hits, hitsOf, type Rate, rateOf, shareOf, sum, timeFor } from "./figures.ts";
import type { ModelRun, NetworkError, RunError, RunRecord } from "./record.ts";

/** What a run comes to, for people; as `ci-summary --json` has it. */
export interface Summary {
  readonly command: string;
  readonly exitCode: number;
  readonly milliseconds: number;
  readonly models: readonly SummaryModel[];
  /** Null for a run that was not to bring models. */
  readonly hits: Hits | null;
  readonly saved: Saved | null;
  readonly cache: { readonly bytes: number; readonly budget: number; readonly share: number };
  readonly fetchedBytes: number;
  readonly requests: number;
  readonly retries: number;
  readonly errors: readonly NetworkError[];
  /** Why it ended without having come to the models. */
  readonly error: RunError | null;
}

export interface SummaryModel {
  readonly ref: string;
  readonly revision: string | null;
  readonly bytes: number | null;
  readonly from: string;
  readonly milliseconds: number;
  /** Why it is not there. */
  readonly error: RunError | null;
}

export interface Saved {
  readonly bytes: number;
  /** Null as long as no run has shown how fast models come over the network. */
  readonly milliseconds: number | null;
  readonly rate: Rate | null;
}

export interface SummaryOptions {
  /** What this log knows of how fast models come. @default what the run itself has fetched */
  readonly rate?: Rate | undefined;
  /** Bytes. */
  readonly budget: number;
}

/** Sums up a run, with what a CI knows of its cache. */
export function summaryOf(record: RunRecord, facts: CacheFacts = {}, { rate, budget }: SummaryOptions): Summary {
  const { command, exitCode, milliseconds, fetchedBytes, requests, retries, errors, error } = record;
  const hits = hitsOf([record]);
  const bytes = facts.size ?? sum(record.models.map((model) => model.bytes ?? 0));
  const most = facts.budget ?? budget;
  return {
    command,
    exitCode,
    milliseconds,
    models: record.models.map((model) => summaryModel(model, facts)),
    hits: hits.models > 0 ? hits : null,
    saved: hits.models > 0 ? savedBy(hits.cachedBytes, rate ?? rateOf([record])) : null,
    cache: { bytes, budget: most, share: shareOf(bytes, most) ?? 0 },
    fetchedBytes,
    requests,
    retries,
    errors,
    error,
  };
}

/** What it would have taken to fetch what was there. */
export function savedBy(bytes: number, rate: Rate | undefined): Saved {
  return { bytes, milliseconds: rate ? Math.round(timeFor(bytes, rate)) : null, rate: rate ?? null };
}

function summaryModel(model: ModelRun, { entries = [] }: CacheFacts): SummaryModel {
  const { ref, revision, bytes, error } = model;
  const entry = entries.find(({ refs }) => refs.includes(ref));
  const milliseconds = model.milliseconds + (entry?.milliseconds ?? 0);
  return { ref, revision, bytes, from: fromOf(model, entry), milliseconds, error };
}

function fromOf({ source, fetchedBytes }: ModelRun, entry: CacheFact | undefined): string {
  const isRestored = entry !== undefined && entry.restored !== "none";
  switch (source) {
    case "cache":
      return isRestored ? "CI cache" : "cache";
    case "repaired":
      return fetchedBytes > 0 ? `${isRestored ? "CI cache" : "cache"} and network` : "cache, mended";
    case "network":
    case "pack":
    case "skipped":
    case "failed":
      return source;
  }
}
