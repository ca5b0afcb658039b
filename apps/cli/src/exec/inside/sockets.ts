import { closeSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Closes the sockets that the caller left open by number: made outside, they would lead there. Node keeps what it opened
 * by itself from its children, and low numbers too; what is high and without that mark was handed down to us.
 * Input, output and errors are what the caller gave the command.
 */
export function closeCallersSockets(): void {
  for (const fd of readdirSync("/proc/self/fd").map(Number)) {
    if (fd > 4 && isHandedDown(fd)) closeSync(fd);
  }
}

function isHandedDown(fd: number): boolean {
  try {
    if (!readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:")) return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false; // The one that lists them is closed by now.
  }
}

const closeOnExec = 0o2000000;
