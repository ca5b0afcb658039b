import type { Listed } from "../init/listed.ts";
import type { Session } from "../session.ts";
import { compare } from "./compare.ts";
import { lineFor } from "./line-for.ts";
import { openedModels, withOpened } from "./opened.ts";
import type { Recorded } from "./record.ts";
import { type Surroundings, type Use, type Uses, usesIn } from "./uses.ts";

/** What a run says about the models that it needs. */
export interface Findings extends Pick<Uses, "absent" | "unnamed" | "others"> {
  readonly models: readonly FoundModel[];
  /** In the config, never asked for over the network, and not seen to be opened. Undefined without a config. */
  readonly unused: readonly { readonly ref: string; readonly profiles: readonly string[] }[] | undefined;
}

export interface FoundModel {
  readonly use: Use;
  /** Why the config does not bring it. Undefined when it does. */
  readonly lacking: string | undefined;
  /** What the config has to say for it. Undefined when it says it already. */
  readonly line: Listed | undefined;
}

/** Puts together what was recorded, the config, and what repositories hold. Asks the network for the last. */
export async function findingsOf(recorded: Recorded, surroundings: Surroundings, session: Session): Promise<Findings> {
  const { models, ...rest } = usesIn(recorded.noted, surroundings);
  const uses = withOpened(models, openedModels(recorded.opened, Object.values(session.fetchers))).sort(byRef);
  const compared = session.config.path === undefined ? undefined : await compare(uses, session);
  const lacking = compared?.lacking ?? uses.map((use) => ({ use, why: "" }));
  const lines = await Promise.all(
    lacking.map(async ({ use, why }) => ({ use, lacking: why, line: withComment(await lineFor(use, session), why) })),
  );
  const covered = (compared?.covered ?? []).map((use) => ({ use, lacking: undefined, line: undefined }));
  return {
    models: [...lines, ...covered].sort((one, other) => byRef(one.use, other.use)),
    unused: compared?.unused.map(({ ref, profiles }) => ({ ref, profiles })),
    ...rest,
  };
}

function withComment(line: Listed, why: string): Listed {
  return { ...line, comment: [why, line.comment].filter((part) => part !== "").join("; ") };
}

function byRef(one: Use, other: Use): number {
  if (one.ref !== other.ref) return one.ref < other.ref ? -1 : 1;
  return (one.revision ?? "") < (other.revision ?? "") ? -1 : 1;
}
