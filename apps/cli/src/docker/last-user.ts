import { PreloadError } from "@preload/core";
import type { User } from "../doctor/user.ts";
import { blockIn } from "./marked.ts";
import { lineAt, type Stage, stageBefore, stageOf, stagesOf } from "./stages-of.ts";

/**
 * What the file says behind the models of a user they were not verified as, where that need not be wrong: a name or a
 * variable, or another user of a stage that begins with theirs. Undefined when all is well.
 *
 * @throws PreloadError `BAD_CONFIG` for the number of another user: the image would run as somebody for whom nothing was verified
 */
export function unprovenUser(text: string, { uid, gid }: User, path: string): string | undefined {
  const block = blockIn(text, "models", path);
  if (!block) return undefined;
  const stages = stagesOf(text, path);
  const stage = stageOf(stages, text, block);
  const last = lastUser(stage, lineAt(text, block.end));
  const number = numberOf(last ?? String(uid));
  if (number === undefined)
    return `behind them it says USER ${last}, which nobody can compare with it; a number can be`;
  if (number !== uid) {
    const owner = `${uid}:${gid}`;
    throw new PreloadError(
      "BAD_CONFIG",
      `${path}: its models are verified as ${owner}, and behind them it says USER ${last}`,
      {
        hint: `End the stage with USER ${owner}, or say whom the image runs as: \`preload docker --write --user ${number}\`.`,
      },
    );
  }
  const next = stage && userOfFinal(stages, stage);
  return next === undefined || numberOf(next) === uid
    ? undefined
    : `the final stage, which begins with theirs, says USER ${next}, for whom nothing was verified`;
}

/** What the final stage says of its user, and the stages between it and one that it begins with. */
function userOfFinal(stages: readonly Stage[], first: Stage): string | undefined {
  let said: string | undefined;
  for (let stage = stages.at(-1); stage; stage = stageBefore(stages, stage)) {
    if (stage === first) return said;
    said ??= lastUser(stage);
  }
  return undefined;
}

function lastUser(stage: Stage | undefined, line = 0): string | undefined {
  return stage?.findLast((step) => step.keyword === "USER" && step.line >= line)?.rest;
}

/** Undefined for a name other than root's, and for a variable. */
function numberOf(said: string): number | undefined {
  const name = said.split(":")[0]?.replace(/^root$/, "0") ?? "";
  return /^\d+$/.test(name) ? Number(name) : undefined;
}
