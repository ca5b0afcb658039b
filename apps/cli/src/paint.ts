import colors from "picocolors";
import type { Io, Output } from "./io.ts";

export type Painter = ReturnType<typeof colors.createColors>;

/** Colours for an output, or none: `NO_COLOR`, `TERM=dumb` and pipes are honoured, `FORCE_COLOR` insists. */
export function painter(output: Output, env: Io["env"]): Painter {
  return colors.createColors(wantsColor(output, env));
}

function wantsColor(output: Output, env: Io["env"]): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return output.isTTY === true && env.TERM !== "dumb";
}
