import type { Invocation } from "../command-spec.ts";
import { isNarrowed, narrowed } from "../list/narrow.ts";
import { renderSurvey, surveyDocument } from "../list/render.ts";
import { survey } from "../list/survey.ts";
import { tellUnreadable } from "../list/tell-unreadable.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { openSession } from "../session.ts";

/** Shows what is known and in which state it is. It informs; `verify` judges. */
export async function run({ io, flags, operands, signal }: Invocation): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const found = narrowed(await survey(session), session, operands);
    tellUnreadable(found, session);
    const text = { verbose: flags.verbose === true, isNarrowed: isNarrowed(session, operands), now: Date.now() };
    printResult(io, flags, { command: "list", ok: true, exitCode: 0, ...surveyDocument(found) }, () =>
      renderSurvey(found, painter(io.stdout, io.env), text),
    );
    return 0;
  } finally {
    session.close();
  }
}
