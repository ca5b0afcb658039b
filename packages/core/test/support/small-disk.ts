import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { tempDir } from "../../testing/index.ts";

const run = promisify(execFile);

/** Why a disk of a test's own cannot be had here; undefined when it can. */
export const whyNoSmallDisk = reason();

function reason(): string | undefined {
  if (process.platform !== "linux") return "mounts are made on Linux only";
  if (process.getuid?.() !== 0) return "only root may mount";
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this container may not mount";
  }
}

/** Mounts an empty disk of this many bytes for the duration of the test. */
export async function smallDisk(size: number): Promise<{ dir: string; seal(): Promise<void> }> {
  const dir = await tempDir();
  await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]);
  onTestFinished(async () => {
    await run("umount", [dir]);
  });
  return {
    dir,
    /** Makes it read-only. */
    async seal() {
      await run("mount", ["-o", "remount,ro", dir]);
    },
  };
}
