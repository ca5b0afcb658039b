import { existsSync } from "node:fs";
import { join } from "node:path";
import { onDisk } from "./disk-error.ts";
import { type Lease, takeLease } from "./lease.ts";
import { makeFolders } from "./make-folders.ts";

/**
 * While something is removed that nobody seems to need, nobody may begin to need it:
 *
 *   install   notes what it wants, then waits while this lease is held
 *   prune     takes this lease, then reads what is wanted
 */
export async function takePruning(stateDir: string, signal?: AbortSignal): Promise<Lease> {
  const path = pathIn(stateDir);
  return onDisk(
    path,
    async () => {
      makeFolders(stateDir);
      const lease = await takeLease(path, { isDone: () => false, signal });
      // `isDone` is the only reason for there being none.
      return lease as Lease;
    },
    "PRELOAD_STATE_DIR",
  );
}

/** Returns when no removal is under way. One whose process is gone is over. */
export async function untilPruned(stateDir: string, signal?: AbortSignal): Promise<void> {
  const path = pathIn(stateDir);
  if (!existsSync(path)) return;
  const lease = await takeLease(path, { isDone: () => !existsSync(path), signal });
  lease?.release();
}

function pathIn(stateDir: string): string {
  return join(stateDir, "prune.lease");
}
