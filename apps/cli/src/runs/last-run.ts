import type { RunRecord } from "./record.ts";

/**
 * The run that a summary of this project is about: the last one, but for a `verify` that found nothing wrong with what a
 * run before it brought, and has less to tell. Undefined when there was none.
 */
export function lastRun(records: readonly RunRecord[], project: string | null): RunRecord | undefined {
  const own = records.filter((record) => record.project === project);
  const isNews = ({ command, exitCode }: RunRecord) => command !== "verify" || exitCode !== 0;
  return own.findLast(isNews) ?? own.at(-1);
}
