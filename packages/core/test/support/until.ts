import { setTimeout as pause } from "node:timers/promises";

/** Waits for something that another process does. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(5);
}
