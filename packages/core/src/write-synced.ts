import { closeSync, fdatasync, open, writeFileSync } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);
const syncData = promisify(fdatasync);

/** Writes a small file and resolves once its bytes are on the medium: it may get its final name then. */
export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  // Making a file takes the file system ten times as long as filling it, and the medium longer still: only these two are
  // worth a trip through the thread pool.
  const file = await openFile(path, "w");
  try {
    writeFileSync(file, content);
    await syncData(file);
  } finally {
    closeSync(file);
  }
}
