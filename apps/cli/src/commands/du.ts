import type { Invocation } from "../command-spec.ts";
import { isNarrowed, narrowed } from "../list/narrow.ts";
import { surveyDocument } from "../list/render.ts";
import { survey } from "../list/survey.ts";
import { tellUnreadable } from "../list/tell-unreadable.ts";
import { renderUsage } from "../list/usage.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { openSession } from "../session.ts";

/** Shows what fills the disk, cache by cache, the largest first. */
export async function run({ io, flags, operands, signal }: Invocation): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const found = narrowed(await survey(session), session, operands);
    const bySize = { ...found, models: [...found.models].sort((one, other) => other.present - one.present) };
    tellUnreadable(found, session);
    const text = { isNarrowed: isNarrowed(session, operands), now: Date.now() };
    printResult(io, flags, { command: "du", ok: true, exitCode: 0, ...surveyDocument(bySize) }, () =>
      renderUsage(bySize, painter(io.stdout, io.env), text),
    );
    return 0;
  } finally {
    session.close();
  }
}
