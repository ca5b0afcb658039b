import { cachedModels, type Granularity } from "../ci/cached-models.ts";
import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession } from "../session.ts";

interface CiFlags extends Flags {
  readonly granularity?: Granularity;
  readonly workspace?: string;
}

/** Prints what the entries of a CI's cache are called. Looks at config and lock alone. */
export async function run({ io, flags, operands, signal }: Invocation<CiFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const { granularity = "model", workspace } = flags;
    const cached = await cachedModels(session, { refs: operands, granularity, workspace });
    const { entries, skipped } = cached;
    const document = {
      command: "ci-key",
      ok: true,
      exitCode: 0,
      granularity,
      workspace: cached.workspace.dir,
      workspaceRule: cached.workspace.rule,
      lock: session.lockPath,
      entries,
      set: { key: cached.set.key, restorePrefix: cached.set.restorePrefix, bytes: cached.set.bytes },
      skipped,
    };
    // The keys are all there is: without them there is nothing to be quiet about.
    printResult(io, { ...flags, quiet: false }, document, () => entries.map(({ key }) => `${key}\n`).join(""));
    for (const ref of skipped) session.display.notice(`no key for ${ref}, which is optional and not in the lock`);
    return 0;
  } finally {
    session.close();
  }
}
