import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { configFileOf, edited } from "../edit/config-file.ts";
import { byHand, isText } from "../edit/edit-config.ts";
import { type EditFlags, finish } from "../edit/finish.ts";
import { editsOf, type Removal, removalsOf } from "../edit/removals.ts";
import { nextLock } from "../next-lock.ts";
import { openSession, type Session } from "../session.ts";

/** Takes models out of the config and the lock: both, or neither. Their files stay where they are. */
export async function run({ io, flags, operands, signal }: Invocation<EditFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    refuseWithoutConfig(session);
    const file = await configFileOf(session);
    const removals = removalsOf(operands, flags.profile, session);
    const edits = editsOf(removals);
    if (!isText(file.path)) throw byHand(file.path, edits);
    const shrunk = await edited(file, edits);
    const before = session.lock;
    const lock = before && nextLock({ ...session, config: shrunk.config }, []);
    const models = removals.map(({ ref, profile, alsoFrom }) => ({ ref, profile, status: "removed", alsoFrom }));
    const told = removals.map((removal) => tell(removal, file.path));
    return await finish(
      { command: "remove", file: shrunk, resolutions: [], before, lock, models, told },
      session,
      flags,
    );
  } finally {
    session.close();
  }
}

function refuseWithoutConfig({ config, machine }: Session): void {
  if (config.path !== undefined) return;
  throw new PreloadError("USAGE", `there is no config in ${machine.cwd} or above it, and so nothing to remove from`, {
    hint: "`preload clean` removes models from the caches.",
  });
}

function tell({ ref, profile, alsoFrom }: Removal, path: string): string {
  const others = alsoFrom.length === 0 ? "" : `, and so from ${alsoFrom.join(", ")}`;
  return `removed ${ref} from ${profile}${others} in ${path}`;
}
