import { type Lock, understand } from "@preload/core";
import { changesBetween } from "../lock-changes.ts";
import type { Session } from "../session.ts";
import { type Comparison, compare } from "./compare.ts";
import { type Repin, repinned } from "./pins.ts";
import { describeComparison, describeMove } from "./render.ts";
import { upstreamOf } from "./standing.ts";

/** One entry of the lock that changes. */
export interface Move extends Comparison {
  readonly ref: string;
  readonly change: "updated" | "added" | "removed";
  /** The ref under which it was locked, when the config's pin moves with it. */
  readonly was: string | null;
  readonly url: string | null;
}

/** What becomes of the lock, in the order of the refs, with the dates that the sources tell. */
export async function movesBetween(
  before: Lock,
  after: Lock,
  repins: readonly Repin[],
  session: Session,
): Promise<Move[]> {
  const formerly = new Map(repins.map((repin) => [repinned(repin), repin.ref]));
  const gone = new Set(formerly.values());
  const changes = changesBetween(before, after).filter(({ ref, change }) => change !== "removed" || !gone.has(ref));
  return Promise.all(
    changes.map(async ({ ref, change }) => {
      const was = formerly.get(ref) ?? null;
      const [old, now] = [before.models.get(was ?? ref), after.models.get(ref)];
      const options = (now ?? old)?.options ?? {};
      const { fetcher, parsed } = understand({ ref, options, optional: false }, session.fetchers);
      const upstream = await upstreamOf(parsed, [old?.revision, now?.revision], fetcher, session);
      const isNew = change === "added" && old === undefined;
      return {
        ref,
        change: isNew ? ("added" as const) : change === "removed" ? ("removed" as const) : ("updated" as const),
        was,
        ...compare(old, now, upstream),
        url: upstream.page ?? null,
      };
    }),
  );
}

/** In the words of `preload outdated`. */
export function describeMoved(move: Move): string[] {
  const { ref, change, current, latest, url } = move;
  const line = `${change.padEnd(7)}  ${ref}  ${describeMove(current, latest)}`.trimEnd();
  if (change === "removed") return [line];
  const details = [...describeComparison(move), ...(change === "updated" && url !== null ? [url] : [])];
  return [line, ...details.map((detail) => `  ${detail}`)];
}
