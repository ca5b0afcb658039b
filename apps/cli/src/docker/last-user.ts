import { PreloadError } from "@preload/core";
import { DockerfileParser } from "dockerfile-ast";
import type { User } from "../doctor/user.ts";
import { blockIn } from "./marked.ts";

/**
 * The user that the stage with the models ends with, where it is not the one they were verified as and cannot be told to be:
 * a name, or a variable. Undefined when all is well.
 *
 * @throws PreloadError `BAD_CONFIG` for the number of another user: the image would run as somebody for whom nothing was verified
 */
export function unprovenUser(text: string, { uid, gid }: User, path: string): string | undefined {
  const block = blockIn(text, "models", path);
  if (!block) return undefined;
  const behind = DockerfileParser.parse(text.slice(block.end)).getInstructions();
  const next = behind.findIndex((step) => step.getKeyword() === "FROM");
  const stage = next < 0 ? behind : behind.slice(0, next);
  const last = stage.findLast((step) => step.getKeyword() === "USER")?.getArgumentsContent() ?? undefined;
  if (last === undefined) return undefined;
  const number = last.split(":")[0]?.replace(/^root$/, "0") ?? "";
  if (!/^\d+$/.test(number)) return last;
  if (Number(number) === uid) return undefined;
  const owner = `${uid}:${gid}`;
  throw new PreloadError(
    "BAD_CONFIG",
    `${path}: its models are verified as ${owner}, and behind them it says USER ${last}`,
    {
      hint: `End the stage with USER ${owner}, or say whom the image runs as: \`preload docker --write --user ${number}\`.`,
    },
  );
}
