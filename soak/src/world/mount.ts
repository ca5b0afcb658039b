import { execFile, execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Why no disk of a case's own can be had here; undefined when it can. */
export function whyNoMount(): string | undefined {
  if (process.platform !== "linux") return "mounts are made on Linux only";
  if (process.getuid?.() !== 0) return "only root may mount";
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this container may not mount";
  }
}

export interface Disk {
  /** With other options: `size=100000`, `ro`. */
  change(options: string): Promise<void>;
  unmount(): Promise<void>;
}

/** An empty disk of so many bytes at a folder, which is made. */
export async function mountAt(folder: string, size: number): Promise<Disk> {
  await mkdir(folder, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0755`, "tmpfs", folder]);
  return {
    change: async (options) => void (await run("mount", ["-o", `remount,${options}`, folder])),
    // A process that has just ended may still be on its way out.
    unmount: async () => void (await run("umount", ["--lazy", folder])),
  };
}
