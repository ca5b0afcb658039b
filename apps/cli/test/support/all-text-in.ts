import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What all files below a folder hold, behind each other: for what must stand in none of them. */
export async function allTextIn(dir: string): Promise<string> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map((path) => readFile(path, "latin1")))).join("\n");
}
