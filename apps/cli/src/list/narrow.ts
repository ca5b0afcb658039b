import { requestsOf, understand } from "@preload/core";
import { schemeOf } from "../known-models.ts";
import { requestsFor, type Session } from "../session.ts";
import type { Survey } from "./survey.ts";

/** Only the named models, profiles or sources. The bytes stay those of everything: they say what the disk holds. */
export function narrowed(found: Survey, session: Session, refs: readonly string[]): Survey {
  const { profile, only } = session.flags;
  // Refuses a profile that does not exist.
  if (profile !== undefined) requestsOf(session.config, profile);
  const named =
    refs.length === 0
      ? undefined
      : requestsFor(session, refs).map((one) => understand(one, session.fetchers).canonical);
  const models = found.models.filter(
    (model) =>
      (named?.includes(model.ref) ?? true) &&
      (profile?.some((name) => model.profiles.includes(name)) ?? true) &&
      (only?.includes(schemeOf(model.ref)) ?? true),
  );
  return { ...found, models };
}

/** Only some of the models were asked for. */
export function isNarrowed({ flags }: Session, refs: readonly string[]): boolean {
  return refs.length > 0 || flags.profile !== undefined || flags.only !== undefined;
}
