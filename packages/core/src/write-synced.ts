import { closeSync, fdatasync, openSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

const syncData = promisify(fdatasync);

/** Writes a small file and resolves once its bytes are on the medium: it may get its final name then. */
export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  // Only the wait for the medium is worth a trip through the thread pool.
  const file = openSync(path, "w");
  try {
    writeFileSync(file, content);
    await syncData(file);
  } finally {
    closeSync(file);
  }
}
