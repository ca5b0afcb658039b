import { understand } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { schemeOf } from "../known-models.ts";
import { renderSurvey, surveyDocument } from "../list/render.ts";
import { type Survey, survey } from "../list/survey.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { openSession, requestsFor, type Session } from "../session.ts";

/** Shows what is known and in which state it is. It informs; `verify` judges. */
export async function run({ io, flags, operands, signal }: Invocation): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const found = narrowed(await survey(session), session, operands);
    const isNarrowed = operands.length > 0 || flags.profile !== undefined || flags.only !== undefined;
    printResult(io, flags, { command: "list", ok: true, exitCode: 0, ...surveyDocument(found) }, () =>
      renderSurvey(found, painter(io.stdout, io.env), { verbose: flags.verbose === true, isNarrowed }),
    );
    return 0;
  } finally {
    session.close();
  }
}

/** Only the named models, profiles or sources. The bytes stay those of everything: they say what the disk holds. */
function narrowed(found: Survey, session: Session, refs: readonly string[]): Survey {
  const { profile, only } = session.flags;
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
