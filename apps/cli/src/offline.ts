import { PreloadError } from "@preload/core";
import type { Flags } from "./flags.ts";
import type { Io } from "./io.ts";

/** The reason why nothing may be fetched, in the reader's words, or undefined. */
export function offlineRule(flags: Flags, env: Io["env"]): string | undefined {
  if (flags.online) return undefined;
  if (flags.offline) return "--offline";
  if (isOn(env.PRELOAD_OFFLINE)) return `PRELOAD_OFFLINE=${env.PRELOAD_OFFLINE}`;
  // As the client reads them: the second counts only when the first is unset or empty.
  const name = env.HF_HUB_OFFLINE ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE";
  return isOn(env[name]) ? `${name}=${env[name]}` : undefined;
}

/**
 * What it means that something is not there and may not be fetched. Who says `--offline` asks whether it is all there,
 * and learns that it is not; a variable may be forgotten in the environment, and is named.
 */
export function offlineError(rule: string, what: string, code: "MISSING" | "CORRUPT" = "MISSING"): PreloadError {
  if (rule === "--offline") {
    return new PreloadError(code, what, { hint: "Run the same command once without --offline." });
  }
  return new PreloadError("OFFLINE", `${what}\n  and ${rule} forbids to fetch it`, {
    hint: "Unset it, or say --online to fetch all the same.",
  });
}

function isOn(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}
