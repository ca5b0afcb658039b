import { budgetFor } from "../ci/budget.ts";
import { bytesTogether } from "../ci/entries.ts";
import type { Session } from "../session.ts";

/** Bytes that a CI may keep of this project. @throws PreloadError `USAGE` */
export function budgetOf(session: Pick<Session, "config">): number {
  return budgetFor(0, session, undefined).limit;
}

/** Bytes of the models that the lock names, what several share once. Undefined without a lock. */
export function lockedBytes({ lock }: Pick<Session, "lock">): number | undefined {
  return lock && bytesTogether([...lock.models.values()].map((manifest) => ({ manifest })));
}
