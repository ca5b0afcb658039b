import { basename } from "node:path";
import { allRequests, type Drift, lockDrift, PreloadError } from "@preload/core";
import type { Session } from "./session.ts";

/** @throws PreloadError `DRIFT` naming every place where config and lock disagree, or that there is no lock */
export function refuseDrift({ config, lock, fetchers, lockPath }: Session): void {
  if (config.path === undefined) {
    throw new PreloadError("DRIFT", `there is no config above ${config.dir}, and so no lock to install from`, {
      hint: "Start in the project's folder, or name its config with --config.",
    });
  }
  if (!lock) {
    throw new PreloadError("DRIFT", `${lockPath} does not exist`, { hint: "Run `preload lock` and commit it." });
  }
  const drift = lockDrift(allRequests(config), lock, fetchers);
  if (drift.length === 0) return;
  throw new PreloadError("DRIFT", `${lockPath} and ${config.path} disagree${lines(drift)}`, {
    hint: `Run \`preload lock\` and commit ${basename(lockPath)}.`,
  });
}

function lines(drift: readonly Drift[]): string {
  return drift.map(({ ref, what }) => `\n  ${ref}  ${what}`).join("");
}
