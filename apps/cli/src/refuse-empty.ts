import { PreloadError, requestsOf } from "@preload/core";
import type { Session } from "./session.ts";

/** A config that lost its models must not pass for one whose models are all there. */
export function refuseEmpty({ config, flags }: Session, operands: readonly string[]): void {
  if (operands.length > 0 || requestsOf(config, flags.profile).length > 0) return;
  throw new PreloadError("BAD_CONFIG", `${config.path}: its profiles name no model`, {
    hint: "A profile is a list of models, for example test: [whisper:tiny.en].",
  });
}
