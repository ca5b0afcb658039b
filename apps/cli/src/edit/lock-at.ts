import { type Lock, readLock } from "@preload/core";
import type { Session } from "../session.ts";

/** The lock that lies where this session's would be, also beside a config that is not written yet. */
export async function lockAt({ lock, lockPath }: Session): Promise<Lock | undefined> {
  return lock ?? (await readLock(lockPath));
}
