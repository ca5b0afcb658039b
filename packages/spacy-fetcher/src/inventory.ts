import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesIn, filesUnder, type Holding, isMissing } from "@preload/core";

/** The pipelines in an import root, whoever installed them. Other packages of an environment are none of them. */
export function spacyInventory(dir: string): Holding[] {
  return entriesIn(dir).flatMap(({ name: distInfo }) => {
    const name = /^([A-Za-z]\w*)-[^-]+\.dist-info$/.exec(distInfo)?.[1];
    if (name === undefined || !isPipeline(join(dir, distInfo))) return [];
    const files = [...filesUnder(dir, name), ...filesUnder(dir, distInfo)];
    // What Python compiled goes and comes with what it was compiled from.
    return [{ name: `spacy:${name}`, files: files.filter(({ path }) => !path.includes("/__pycache__/")) }];
  });
}

function isPipeline(distInfo: string): boolean {
  try {
    return readFileSync(join(distInfo, "entry_points.txt"), "utf8").includes("[spacy_models]");
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
