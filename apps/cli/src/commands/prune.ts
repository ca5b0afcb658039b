import { allNotes, forget, forgetPlaced, PreloadError, remove, takePruning } from "@preload/core";
import { isResolved } from "../clean/plan.ts";
import { freedBytes } from "../clean/render.ts";
import type { Invocation } from "../command-spec.ts";
import { confirm } from "../confirm.ts";
import { type Flags, formOf } from "../flags.ts";
import { printResult } from "../output.ts";
import { everyHeld } from "../projects/held-models.ts";
import { forgetVanished } from "../projects/registry.ts";
import { bytesOf, type Limits } from "../prune/choose.ts";
import { agreed, type PrunePlan, planPrune } from "../prune/plan.ts";
import { isEmpty, pruneDocument, renderPrune } from "../prune/render.ts";
import { openSession, type Session } from "../session.ts";
import { bytes } from "../words.ts";

interface PruneFlags extends Flags {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly maxSize?: number;
}

/** Removes what no lock names: shows first, asks, then looks again and acts. */
export async function run({ io, flags, signal }: Invocation<PruneFlags>): Promise<number> {
  if (flags.profile !== undefined) {
    throw new PreloadError("USAGE", "prune removes what no lock names, so that no profile can be meant", {
      hint: "`preload clean -p NAME` removes what a profile names.",
    });
  }
  const session = await openSession(io, flags, signal);
  try {
    const { olderThan, maxSize, all = false } = flags;
    const limits: Limits = { olderThan, maxSize, all, now: Date.now() };
    const held = await everyHeld(session);
    const plan = await planPrune(held, session, limits);
    const text = { verbose: flags.verbose === true, now: limits.now };
    const leaves = bytesOf(held.filter(isResolved).filter((model) => !plan.chosen.includes(model)));

    const isText = formOf(flags) === "text";
    if (isText && !isEmpty(plan) && !flags.yes && !flags.dryRun) io.stderr.write(renderPrune(plan, text));
    const isAgreed = flags.dryRun || isEmpty(plan) || flags.yes || (await confirm("Remove this?", io, session.signal));
    const removed = isAgreed && !flags.dryRun;
    const done = removed ? await carryOut(plan, session, limits) : plan;
    for (const reason of done.passedOver) session.display.notice(`passed over: ${reason}`);
    if (maxSize !== undefined && leaves > maxSize) {
      session.display.notice(`notice what locks name needs ${bytes(leaves)}, and stays`);
    }

    const document = { dryRun: flags.dryRun === true, removed, ...pruneDocument(done), leaves };
    printResult(io, flags, { command: "prune", ok: true, exitCode: 0, ...document }, () => {
      if (isEmpty(plan)) return "There is nothing to remove.\n";
      if (flags.dryRun) return `${renderPrune(plan, text)}Nothing was removed (--dry-run).\n`;
      if (!removed) return "Nothing was removed.\n";
      return `${flags.yes ? renderPrune(done, text) : ""}Removed; ${bytes(freedBytes(done.removals))} are free again.\n`;
    });
    return 0;
  } finally {
    session.close();
  }
}

/** Looks again while nobody can begin to need something, and removes what was shown and is still needed by nobody. */
async function carryOut(before: PrunePlan, session: Session, limits: Limits): Promise<PrunePlan> {
  const { stateDir, signal } = session;
  const lease = await takePruning(stateDir, signal);
  try {
    const plan = agreed(await planPrune(await everyHeld(session), session, limits), before);
    for (const removal of plan.removals) {
      if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
      await remove(removal);
    }
    // Last: a run that ends before knows what to remove the next time.
    const notes = allNotes(stateDir);
    for (const { dir, manifest, remembered } of plan.chosen) {
      const sameNotes = notes.filter(
        (note) =>
          note.dir === dir && note.manifest.ref === manifest.ref && note.manifest.revision === manifest.revision,
      );
      for (const note of remembered ? [remembered, ...sameNotes] : sameNotes) forget(stateDir, note);
      forgetPlaced(stateDir, { dir, manifest });
    }
    forgetVanished(stateDir);
    return plan;
  } finally {
    lease.release();
  }
}
