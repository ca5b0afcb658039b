import { setTimeout as pause } from "node:timers/promises";

/** Waits for something that others do; an error that says what, when it never comes. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, atMost = 60_000): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > atMost) throw new Error(`in vain: ${what}`);
    await pause(2);
  }
}
