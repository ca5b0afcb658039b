import { bytes, duration } from "../words.ts";
import { type Hits, shareOf } from "./figures.ts";
import type { Saved, Summary } from "./summary.ts";

/** What a run of a project after its first should find in the cache. */
export const goal = 0.8;

/** `goal: 80 %, reached` */
export function goalText({ hits, models }: Hits): string {
  return `goal: ${percent(goal)}, ${(shareOf(hits, models) ?? 0) > goal ? "reached" : "not reached"}`;
}

export function retryCount(retries: number): string {
  return `${retries} ${retries === 1 ? "retry" : "retries"}`;
}

/** `75 % of models, 80 % of bytes` */
export function hitRate({ hits, models, cachedBytes, bytes: size }: NonNullable<Summary["hits"]>): string {
  const ofBytes = shareOf(cachedBytes, size);
  return `${percent(shareOf(hits, models) ?? 0)} of models${ofBytes === undefined ? "" : `, ${percent(ofBytes)} of bytes`}`;
}

/** `2.7 GB, about 4 min at 11 MB/s` */
export function savedText({ bytes: size, milliseconds, rate }: Saved): string {
  if (size === 0) return "nothing";
  if (milliseconds === null || rate === null) return `${bytes(size)}; how long that takes is not known yet`;
  return `${bytes(size)}, about ${duration(milliseconds)} at ${bytes(rate.bytesPerSecond)}/s`;
}

/** `4.2 GB of 10 GB (42 %)` */
export function budgetText({ bytes: size, budget }: { readonly bytes: number; readonly budget: number }): string {
  return `${bytes(size)} of ${bytes(budget)} (${percent(shareOf(size, budget) ?? 0)})`;
}

/** Rounded down, so that 100 % is all of it. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
