import { AsyncLocalStorage } from "node:async_hooks";
import { isDebug as isDebugged, debug as logDebug, setSecret as mask } from "@actions/core";

/**
 * What @actions/cache is given in place of @actions/core when it is bundled. It tells everything by way of the log, and
 * returns nothing of it: why a cache was not read would be an annotation that nobody counts, and no value.
 */
const heard = new AsyncLocalStorage<string[]>();

/** Runs a piece of work of the library's, and gives back what it warned of meanwhile. */
export async function listening<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly warnings: string[] }> {
  const warnings: string[] = [];
  return { value: await heard.run(warnings, work), warnings };
}

export function warning(message: string | Error): void {
  heard.getStore()?.push(String(message));
}

export function error(message: string | Error): void {
  warning(message);
}

export function info(message: string): void {
  // The rest is its progress, a line for each second of each entry.
  if (/^Cache (restore|save) skipped/.test(message)) warning(message);
  else debug(message);
}

export function debug(message: string): void {
  // It takes every refusal for another job's doing; 409 is.
  if (message.startsWith("Failed to reserve cache: ") && !message.includes("(409)")) warning(message);
  logDebug(message);
}

export function setSecret(secret: string): void {
  mask(secret);
}

export function isDebug(): boolean {
  return isDebugged();
}
