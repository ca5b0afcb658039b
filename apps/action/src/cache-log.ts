import { isDebug as isDebugged, debug as logDebug, setSecret as mask } from "@actions/core";
import { thisAttempt } from "./attempt.ts";
import { withoutSecrets } from "./secrets.ts";

/**
 * What @actions/cache is given in place of @actions/core when it is bundled. It tells everything by way of the log, and
 * returns nothing of it: why a cache was not read would be an annotation that nobody counts, and no value.
 */
export function warning(message: string | Error): void {
  thisAttempt()?.warnings.push(String(message));
}

export function error(message: string | Error): void {
  warning(message);
}

export function info(message: string): void {
  if (isRefusal(message)) {
    warning(message);
    return;
  }
  // The rest is its progress, a line for each second of each entry.
  const [, what, bytes, of] = /^(Received|Sent) (\d+) of (\d+) /.exec(message) ?? [];
  if (what === "Received" && bytes === of) thisAttempt()?.arrived();
  else if (what !== undefined)
    thisAttempt()?.moved(Number(bytes), Math.min(Number(of), what === "Sent" ? atOnce.sent : atOnce.received));
  debug(message);
}

/** It counts a block when all of it is there: 8 of them at once, of 4 MiB down and 64 MiB up. */
const atOnce = { received: 8 * 4 * 2 ** 20, sent: 8 * 64 * 2 ** 20 };

export function debug(message: string): void {
  // It takes every refusal for another job's doing; 409 is.
  if (message.startsWith("Failed to reserve cache: ") && !message.includes("(409)")) warning(message);
  logDebug(withoutSecrets(message));
}

export function setSecret(secret: string): void {
  mask(secret);
}

export function isDebug(): boolean {
  return isDebugged();
}

/** Why it did nothing; the older service says in its own words that there is such an entry. */
function isRefusal(message: string): boolean {
  if (/^Cache (restore|save) skipped/.test(message)) return true;
  return /^Failed to save: .* More details: /.test(message) && !/already exists|\(409\)/i.test(message);
}
