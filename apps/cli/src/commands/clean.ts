import { forget, forgetPlaced, PreloadError, type Removal, remove, takePruning, understand } from "@preload/core";
import { clearImportPath } from "../clean/import-path.ts";
import { isResolved, otherProjects, planClean, type ResolvedModel } from "../clean/plan.ts";
import { freedBytes, planDocument, renderPlan } from "../clean/render.ts";
import type { Invocation } from "../command-spec.ts";
import { confirm } from "../confirm.ts";
import { type Flags, formOf } from "../flags.ts";
import { schemeOf } from "../known-models.ts";
import { printResult } from "../output.ts";
import { everyHeld, type HeldModel } from "../projects/held-models.ts";
import { openSession, requestsFor, type Session } from "../session.ts";
import { bytes } from "../words.ts";

interface CleanFlags extends Flags {
  readonly dryRun?: boolean;
  readonly allKnown?: boolean;
}

/** Removes models from the caches: shows first, asks, then acts. */
export async function run({ io, flags, operands, signal }: Invocation<CleanFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const held = await everyHeld(session);
    const targets = targetsOf(held, session, operands, flags.allKnown === true);
    const removals = planClean(targets, held.filter(isResolved), session);
    const isNothing = removals.every(({ items }) => items.length === 0);
    const neededBy = [...new Set(targets.flatMap((model) => otherProjects(model, session)))];
    const shown = () => renderPlan(targets, removals, { verbose: flags.verbose === true, neededBy });

    const isText = formOf(flags) === "text";
    if (isText && !isNothing && !flags.yes && !flags.dryRun) io.stderr.write(shown());
    const isAgreed = flags.dryRun || isNothing || flags.yes || (await confirm("Remove this?", io, session.signal));
    const removed = isAgreed && !flags.dryRun;
    const pth = removed ? await carryOut(targets, removals, session) : undefined;

    printResult(
      io,
      flags,
      {
        command: "clean",
        ok: true,
        exitCode: 0,
        dryRun: flags.dryRun === true,
        removed,
        ...planDocument(targets, removals),
        neededBy,
        pth: pth ?? null,
      },
      () => {
        const also = pth === undefined ? "" : `Removed ${pth}, which led to the pipelines.\n`;
        if (isNothing && neededBy.length > 0) return `${shown()}Nothing was removed.\n${also}`;
        if (isNothing) return `There is nothing to remove.\n${also}`;
        if (flags.dryRun) return `${shown()}Nothing was removed (--dry-run).\n`;
        if (!removed) return "Nothing was removed.\n";
        return `${flags.yes ? shown() : ""}Removed; ${bytes(freedBytes(removals))} are free again.\n${also}`;
      },
    );
    return 0;
  } finally {
    session.close();
  }
}

/** Gives back the `.pth` file that went as well. */
async function carryOut(
  targets: readonly ResolvedModel[],
  removals: readonly Removal[],
  session: Session,
): Promise<string | undefined> {
  const { stateDir, signal } = session;
  const lease = await takePruning(stateDir, signal);
  try {
    for (const removal of removals) await remove(removal);
    const pth = targets.some(({ ref }) => schemeOf(ref) === "spacy") ? await clearImportPath(session) : undefined;
    // Last: a run that ends before knows what to clean the next time.
    for (const model of targets) {
      if (otherProjects(model, session).length === 0) forgetPlaced(stateDir, model);
      if (model.remembered) forget(stateDir, model.remembered);
    }
    return pth;
  } finally {
    lease.release();
  }
}

/** The named models, else those of the lock, else what was installed without one. */
function targetsOf(
  held: readonly HeldModel[],
  session: Session,
  refs: readonly string[],
  allKnown: boolean,
): ResolvedModel[] {
  if (allKnown && refs.length > 0) {
    throw new PreloadError("USAGE", "--all-known means every model, so none can be named beside it");
  }
  const resolved = held.filter(isResolved);
  if (refs.length > 0) {
    const wanted = requestsFor(session, refs).map((request) => understand(request, session.fetchers).canonical);
    for (const ref of wanted) refuseUnknown(ref, held);
    return resolved.filter((model) => wanted.includes(model.ref) && isInUse(model, session));
  }
  const { profile, only } = session.flags;
  return resolved.filter(
    (model) =>
      isMeant(model, session, allKnown) &&
      (profile?.some((name) => model.profiles.includes(name)) ?? true) &&
      (only?.includes(schemeOf(model.ref)) ?? true),
  );
}

/** What only another project names is meant by nobody here who does not name it. */
function isMeant(model: HeldModel, session: Session, allKnown: boolean): boolean {
  if (allKnown) return model.from !== "project";
  if (!isInUse(model, session) || model.from === "unused") return false;
  return session.lock === undefined ? model.from === "install" : model.from === "lock";
}

function isInUse({ ref, dir }: HeldModel, { fetchers }: Session): boolean {
  return fetchers[schemeOf(ref)]?.dir === dir;
}

function refuseUnknown(ref: string, held: readonly HeldModel[]): void {
  if (held.some((model) => model.ref === ref)) return;
  throw new PreloadError("NOT_FOUND", `${ref}: neither the lock nor an earlier install says which files are its`, {
    hint: "preload removes only what it put there; `preload list` shows what that is.",
  });
}
