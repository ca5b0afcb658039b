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

function isOn(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}
