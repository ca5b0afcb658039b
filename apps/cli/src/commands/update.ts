import { allRequests, emptyLock, formatLock, type Lock, type Resolution, stopped, understand } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type ConfigFile, configFileOf, edited } from "../edit/config-file.ts";
import { textAt, writeTogether } from "../edit/write-together.ts";
import { failuresOf } from "../failures.ts";
import type { Flags } from "../flags.ts";
import { noticeUnfetched, warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { refuseUnpinned } from "../policy.ts";
import { resolveModels } from "../resolve-models.ts";
import { openSession, type Session } from "../session.ts";
import { movedLock, withoutMoving } from "../upstream/moved-lock.ts";
import { describeMoved, movesBetween } from "../upstream/moves.ts";
import { type Repin, repinEdits, repinned } from "../upstream/pins.ts";
import { whatIsAhead } from "../upstream/standing.ts";
import { refuseOffline, refuseWithoutConfig, wantedRequests } from "../upstream/wanted.ts";
import { count } from "../words.ts";

interface UpdateFlags extends Flags {
  readonly pins?: boolean;
  readonly dryRun?: boolean;
}

/** Moves pins of the lock to what their refs mean today, all or the named ones, and shows what that changes. */
export async function run({ io, flags, operands, signal }: Invocation<UpdateFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    refuseWithoutConfig(session, "nothing to update");
    refuseOffline(session, "what to update to has to be asked");
    const file = await configFileOf(session);
    const before = session.lock ?? emptyLock;
    const wanted = wantedRequests(session, operands).map((request) => understand(request, session.fetchers).canonical);
    const still = pinnedOf(wanted, session);
    warnOfPlainMirrors(session);

    const repins = flags.pins ? await newPins(still, session) : [];
    const then = await edited(file, repinEdits(repins, file, session.fetchers));
    refuseUnpinned(allRequests(then.config), then.config, session.fetchers);
    const renamed = new Map(repins.map((repin) => [repin.ref, repinned(repin)]));
    const moving = wanted.flatMap((ref) => renamed.get(ref) ?? (still.has(ref) ? [] : [ref]));
    const requests = allRequests(then.config).filter((request) =>
      moving.includes(understand(request, session.fetchers).canonical),
    );
    const known = withoutMoving(before, moving, then.config, session.fetchers);
    const resolutions = await resolveModels(requests, { ...session, config: then.config, lock: known });
    session.display.resolved(resolutions);
    const next = movedLock(before, resolutions, { was: file.config, is: then.config, fetchers: session.fetchers });
    const left = [...still.keys()].filter((ref) => !renamed.has(ref) && !flags.pins);
    return await finish({ file: then, before, next, repins, resolutions, left }, session, flags);
  } finally {
    session.close();
  }
}

/** What the config itself holds in place, with what would move. */
function pinnedOf(refs: readonly string[], { config, fetchers }: Session) {
  const requests = allRequests(config).map((request) => understand(request, fetchers));
  return new Map(
    requests.flatMap(({ canonical, parsed, fetcher }) => {
      const moving = refs.includes(canonical) ? fetcher.follows?.(parsed) : undefined;
      return moving === undefined ? [] : [[canonical, { fetcher, moving, revision: parsed.revision ?? "" }] as const];
    }),
  );
}

/** Which revision each pin would name today. One that names it already is left out, and so is one that follows nothing any more. */
async function newPins(pinned: ReturnType<typeof pinnedOf>, session: Session): Promise<Repin[]> {
  const found = await Promise.all(
    [...pinned].map(async ([ref, { fetcher, moving, revision }]) => {
      const ahead = await whatIsAhead(moving, fetcher, session);
      if (ahead === undefined) {
        session.display.notice(`${ref} stays: ${fetcher.canonical(moving)} is not there`);
      }
      return ahead === undefined || ahead.revision === revision ? [] : [{ ref, from: revision, to: ahead.revision }];
    }),
  );
  return found.flat();
}

interface Updated {
  readonly file: ConfigFile;
  readonly before: Lock;
  readonly next: Lock;
  readonly repins: readonly Repin[];
  readonly resolutions: readonly Resolution[];
  /** What the config pins, and nobody asked to move. */
  readonly left: readonly string[];
}

async function finish(updated: Updated, session: Session, { dryRun = false }: UpdateFlags): Promise<number> {
  const { io, flags, display, lockPath } = session;
  const { file, before, repins, resolutions, left } = updated;
  const isWhole = resolutions.every(({ status }) => status !== "failed");
  const next = isWhole ? updated.next : before;
  const moves = await movesBetween(before, next, isWhole ? repins : [], session);
  display.end();
  if (session.signal.aborted) throw stopped(session.signal);
  const changed = isWhole && (file.text !== file.before || formatLock(next) !== formatLock(before));
  if (changed && !dryRun) {
    await writeTogether([
      { path: file.path, before: file.before, after: file.text },
      { path: lockPath, before: await textAt(lockPath), after: formatLock(next) },
    ]);
  }
  const failures = failuresOf(resolutions, session);
  const { exitCode } = failures;
  const document = {
    lock: lockPath,
    config: isWhole && repins.length > 0 ? file.path : null,
    changed,
    dryRun,
    models: moves,
    pinned: left,
    notices: noticeUnfetched(resolutions, session),
  };
  printResult(io, flags, { command: "update", ok: exitCode === 0, exitCode, ...document }, () =>
    moves.flatMap((move) => describeMoved(move).map((line) => `${line}\n`)).join(""),
  );
  for (const { ref } of resolutions.filter(({ status }) => status === "skipped")) {
    display.notice(`skipped ${ref}, which is optional`);
  }
  if (left.length > 0)
    display.notice(`the config pins ${left.join(", ")}; --pins moves ${left.length === 1 ? "it" : "them"} as well`);
  display.notice(verdict(moves.length, updated, { isWhole, changed, dryRun }, session));
  failures.tell();
  return exitCode;
}

function verdict(
  moved: number,
  { file, repins }: Updated,
  { isWhole, changed, dryRun }: { isWhole: boolean; changed: boolean; dryRun: boolean },
  { lockPath }: Session,
): string {
  if (!isWhole) return `${lockPath} stays as it was`;
  if (!changed) return "nothing to update";
  if (dryRun) return `${count(moved, "model")} would change; nothing was written, as --dry-run asks`;
  const files = repins.length > 0 ? `${file.path} and ${lockPath}` : lockPath;
  return `wrote ${files}: ${count(moved, "model")} changed`;
}
