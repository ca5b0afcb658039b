import {
  allRequests,
  type Drift,
  emptyLock,
  installAll,
  type Lock,
  lockDrift,
  PreloadError,
  type Request,
  type Result,
  reachable,
  resolveAll,
  understand,
  writeLock,
} from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { Failures } from "../exit-code.ts";
import { openSession, requestsFor, type Session, transferOptions } from "../session.ts";

export async function run(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation.io, invocation.flags, invocation.signal);
  try {
    const requests = requestsFor(session, invocation.operands);
    if (invocation.flags.frozen) refuseDrift(session);
    const resolutions = await resolveAll(requests, {
      fetchers: session.fetchers,
      lock: session.lock,
      stateDir: session.stateDir,
      signal: session.signal,
      ask: invocation.flags.frozen ? "locked" : session.offline === undefined ? "missing" : "remembered",
    });
    const results = await installAll(resolutions, transferOptions(session));
    for (const result of results) session.io.stdout.write(`${result.ref} ${result.status} ${result.path ?? ""}\n`);
    if (session.config.path !== undefined && invocation.operands.length === 0 && !invocation.flags.frozen) {
      await completeLock(session, results);
    }
    const errors = results.flatMap((result) => (result.status === "failed" ? [result.error] : []));
    if (errors.length > 0) throw new Failures(errors);
    return 0;
  } finally {
    session.close();
  }
}

function refuseDrift({ config, lock, fetchers, lockPath }: Session): void {
  if (!lock) {
    throw new PreloadError("DRIFT", `${lockPath} does not exist`, { hint: "Run `preload lock` and commit it." });
  }
  const drift = lockDrift(allRequests(config), lock, fetchers);
  if (drift.length > 0)
    throw new PreloadError("DRIFT", `${lockPath} and the config disagree${lines(drift)}`, {
      hint: "Run `preload lock` and commit preload.lock.",
    });
}

function lines(drift: readonly Drift[]): string {
  return drift.map(({ ref, what }) => `\n  ${ref}  ${what}`).join("");
}

/** Adds what was resolved to the lock, and drops what no profile wants any more. */
async function completeLock(session: Session, results: readonly Result[]): Promise<void> {
  const before = session.lock ?? emptyLock;
  const models = new Map(before.models);
  for (const result of results) if (result.manifest) models.set(result.ref, result.manifest);
  const wanted = allRequests(session.config).map((request: Request) => understand(request, session.fetchers).canonical);
  const kept = reachable(wanted, { ...before, models });
  const lock: Lock = { lockfileVersion: 1, models: new Map([...models].filter(([ref]) => kept.has(ref))) };
  await writeLock(session.lockPath, lock);
}
