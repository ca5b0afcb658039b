import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

// The kernel counts in hundredths of a second, whatever it is built with.
const tick = 0.01;

/** Seconds of processor time that the whole machine has used and has left unused since it was started. */
export function processorTime(): { readonly busy: number; readonly idle: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const times = line.split(/\s+/).slice(1).map(Number);
  const idle = (times[3] ?? 0) + (times[4] ?? 0);
  return { idle: idle * tick, busy: (times.reduce((sum, time) => sum + time, 0) - idle) * tick };
}

/** Seconds of processor time that a process and all it has started, as far as they still run, have used. */
export function timeOf(root: number): number {
  const found = new Map<number, { parent: number; time: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // After the name of the program, which may hold anything: state, parent, …, user and system time.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      found.set(Number(name), { parent: Number(fields[1]), time: (Number(fields[11]) + Number(fields[12])) * tick });
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid: number): boolean => pid === root || (found.has(pid) && isOurs(found.get(pid)?.parent ?? 0));
  return [...found].reduce((sum, [pid, { time }]) => (isOurs(pid) ? sum + time : sum), 0);
}

/** Waits until nine tenths of the processors' time go unused. False when that does not happen for so many milliseconds. */
export async function atRest(longestWait: number): Promise<boolean> {
  const end = performance.now() + longestWait;
  while (performance.now() < end) {
    const before = processorTime();
    await sleep(300);
    const after = processorTime();
    const idle = after.idle - before.idle;
    if (idle > 0.9 * (idle + after.busy - before.busy)) return true;
  }
  return false;
}
