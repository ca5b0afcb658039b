import { forget, PreloadError, type Removal, remove, understand } from "@preload/core";
import { planClean, type ResolvedModel } from "../clean/plan.ts";
import { freedBytes, planDocument, renderPlan } from "../clean/render.ts";
import type { Invocation } from "../command-spec.ts";
import { confirm } from "../confirm.ts";
import { type Flags, formOf } from "../flags.ts";
import { type KnownModel, knownModels, schemeOf } from "../known-models.ts";
import { printResult } from "../output.ts";
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
    const known = knownModels(session);
    const targets = targetsOf(known, session, operands, flags.allKnown === true);
    const removals = planClean(targets, known.filter(isResolved), session);
    const isNothing = removals.every(({ items }) => items.length === 0);
    const shown = () => renderPlan(targets, removals, flags.verbose === true);

    const isText = formOf(flags) === "text";
    if (isText && !isNothing && !flags.yes && !flags.dryRun) io.stderr.write(shown());
    const isAgreed = flags.dryRun || isNothing || flags.yes || (await confirm("Remove this?", io, session.signal));
    const removed = isAgreed && !flags.dryRun;
    if (removed) await carryOut(targets, removals, session);

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
      },
      () => {
        if (isNothing) return "There is nothing to remove.\n";
        if (flags.dryRun) return `${shown()}Nothing was removed (--dry-run).\n`;
        if (!removed) return "Nothing was removed.\n";
        return `${flags.yes ? shown() : ""}Removed; ${bytes(freedBytes(removals))} are free again.\n`;
      },
    );
    return 0;
  } finally {
    session.close();
  }
}

async function carryOut(
  targets: readonly ResolvedModel[],
  removals: readonly Removal[],
  { stateDir }: Session,
): Promise<void> {
  for (const removal of removals) await remove(removal);
  // Last: a run that ends before knows what to clean the next time.
  for (const { remembered } of targets) if (remembered) forget(stateDir, remembered);
}

/** The named models, else those of the lock, else what was installed without one. */
function targetsOf(
  known: readonly KnownModel[],
  session: Session,
  refs: readonly string[],
  allKnown: boolean,
): ResolvedModel[] {
  if (allKnown && refs.length > 0) {
    throw new PreloadError("USAGE", "--all-known means every model, so none can be named beside it");
  }
  const resolved = known.filter(isResolved);
  if (refs.length > 0) {
    const wanted = requestsFor(session, refs).map((request) => understand(request, session.fetchers).canonical);
    for (const ref of wanted) refuseUnknown(ref, known);
    return resolved.filter((model) => wanted.includes(model.ref) && isInUse(model, session));
  }
  const { profile, only } = session.flags;
  return resolved.filter(
    (model) =>
      (allKnown || (isInUse(model, session) && (session.lock === undefined || model.from === "lock"))) &&
      (profile?.some((name) => model.profiles.includes(name)) ?? true) &&
      (only?.includes(schemeOf(model.ref)) ?? true),
  );
}

function isInUse({ ref, dir }: KnownModel, { fetchers }: Session): boolean {
  return fetchers[schemeOf(ref)]?.dir === dir;
}

function isResolved(model: KnownModel): model is ResolvedModel {
  return model.manifest !== undefined;
}

function refuseUnknown(ref: string, known: readonly KnownModel[]): void {
  if (known.some((model) => model.ref === ref)) return;
  throw new PreloadError("NOT_FOUND", `${ref}: neither the lock nor an earlier install says which files are its`, {
    hint: "preload removes only what it put there; `preload list` shows what that is.",
  });
}
