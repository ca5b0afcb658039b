import { basename, dirname } from "node:path";
import { count } from "../words.ts";

const day = 24 * 60 * 60 * 1000;

/** `today`, `yesterday`, `12 days ago`, by the days between; `-` for what was never used. */
export function ago(time: number | undefined, now: number): string {
  if (time === undefined) return "-";
  const days = Math.floor((now - time) / day);
  if (days < 1) return "today";
  return days === 1 ? "yesterday" : `${count(days, "day")} ago`;
}

/** The folders of these locks, each by its last name. */
export function projectNames(locks: readonly string[]): string {
  return [...new Set(locks.map((lock) => basename(dirname(lock)) || lock))].sort().join(", ");
}

/** A time for programs: to the second, in UTC. */
export function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
