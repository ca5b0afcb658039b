import { entriesIn, type Holding, heldFile } from "@preload/core";

/** The checkpoints in a folder, whoever fetched them. Reads no contents. */
export function whisperInventory(dir: string): Holding[] {
  return entriesIn(dir).flatMap(({ name }) => {
    const files = heldFile(dir, name);
    return files.length === 0 ? [] : [{ name: `whisper:${checkpointOf(name)}`, files }];
  });
}

// A partial belongs to the checkpoint it will become.
function checkpointOf(file: string): string {
  return file.replace(/\.pt(\..*)?$/, "");
}
