import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The sha256 of a file in hex, found without any code of the product; undefined when there is no file. */
export async function digestOnDisk(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  } catch (error) {
    if (["ENOENT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  return hash.digest("hex");
}
