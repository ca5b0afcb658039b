import { allRequests, type Config, understand } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type Addition, additionsOf, profilesToGrow } from "../edit/additions.ts";
import { configFileOf, edited } from "../edit/config-file.ts";
import { byHand, isText } from "../edit/edit-config.ts";
import { type EditFlags, finish } from "../edit/finish.ts";
import { lockAt } from "../edit/lock-at.ts";
import { optionsFrom } from "../edit/settings.ts";
import { nextLock } from "../next-lock.ts";
import { warnOfPlainMirrors } from "../notices.ts";
import { refuseUnpinned } from "../policy.ts";
import { resolveModels } from "../resolve-models.ts";
import { openSession, type Session } from "../session.ts";

interface AddFlags extends EditFlags {
  readonly set?: readonly string[];
}

/** Puts models into the config and the lock: both, or neither. Fetches none of them. */
export async function run({ io, flags, operands, signal }: Invocation<AddFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const file = await configFileOf(session);
    const profiles = profilesToGrow(file.config, flags.profile);
    const surroundings = { config: file.config, fetchers: session.fetchers };
    const additions = additionsOf(operands, optionsFrom(flags.set ?? []), profiles, surroundings);
    const edits = additions.flatMap(({ edit }) => edit ?? []);
    if (edits.length > 0 && !isText(file.path)) throw byHand(file.path, edits);

    const grown = await edited(file, edits);
    refuseUnpinned(addedIn(grown.config, additions, session), grown.config, session.fetchers);
    warnOfPlainMirrors(session);
    const before = await lockAt(session);
    const then: Session = { ...session, config: grown.config, lock: before };
    const resolutions = edits.length === 0 ? [] : await resolveModels(allRequests(grown.config), then);
    const lock = edits.length === 0 ? before : nextLock(then, resolutions);
    session.display.resolved(resolutions);
    const models = additions.map(({ ref, profile, edit, from }) => ({
      ...{ ref, profile, status: edit ? "added" : "there" },
      from: from === undefined || from === profile ? null : from,
    }));
    const told = additions.map((addition) => tell(addition, file.path));
    const next = "Next: `preload` fetches what is not here yet.";
    return await finish({ command: "add", file: grown, resolutions, before, lock, models, told, next }, session, flags);
  } finally {
    session.close();
  }
}

function addedIn(config: Config, additions: readonly Addition[], { fetchers }: Session) {
  const added = new Set(additions.flatMap(({ ref, edit }) => (edit ? [ref] : [])));
  return allRequests(config).filter((request) => added.has(understand(request, fetchers).canonical));
}

function tell({ ref, profile, edit, from }: Addition, path: string): string {
  if (edit) return `added ${ref} to ${profile} in ${path}`;
  return from === profile ? `${ref} is in ${profile} already` : `${ref} is in ${profile} already, from ${from}`;
}
