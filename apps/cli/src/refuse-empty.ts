import { PreloadError, requestsOf } from "@preload/core";
import type { Session } from "./session.ts";

/** A config that lost its models must not pass for one whose models are all there. */
export function refuseEmpty({ config, flags }: Session, operands: readonly string[]): void {
  if (operands.length > 0 || requestsOf(config, flags.profile).length > 0) return;
  throw new PreloadError("BAD_CONFIG", `${config.path}: its profiles name no model`, {
    hint: "`preload add hf:org/name` puts one into it; `preload scan` finds those that the code uses.",
  });
}
