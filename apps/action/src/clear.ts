import { chmodSync, lstatSync, readdirSync, rmdirSync, rmSync, unlinkSync } from "node:fs";

/**
 * Takes a folder away with all that is in it, also where an archive brought names that are no text or folders that
 * nobody may enter. What cannot be taken away stays, below the folder that the runner clears after the job.
 */
export function clear(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    try {
      remove(Buffer.from(folder));
    } catch {
      // No reason for a step to fail.
    }
  }
}

function remove(path: Buffer): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isDirectory()) {
    unlinkSync(path);
    return;
  }
  chmodSync(path, 0o700);
  for (const name of readdirSync(path, { encoding: "buffer" })) remove(Buffer.concat([path, Buffer.from("/"), name]));
  rmdirSync(path);
}
