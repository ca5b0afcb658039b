import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownedPaths } from "@preload/core";
import { type KnownModel, schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";

const { warning } = on("directories");

/** Folders of NLTK's data that others may write to: NLTK from 3.10 looks past them (`nltk/pathsec.py`). */
export function nltkFindings({ machine }: Session, known: readonly KnownModel[]): Finding[] {
  if (machine.platform === "win32") return [];
  const folders = known.flatMap(({ ref, dir, manifest }) =>
    schemeOf(ref) === "nltk" && manifest ? foldersOf(dir, ownedPaths(manifest)) : [],
  );
  const shared = [...new Set(folders)].filter(isSharedFolder);
  const [first] = shared;
  if (first === undefined) return [];
  return [
    warning(`nltk: others may write to ${first}${shared.length > 1 ? ` and ${shared.length - 1} more` : ""}`, {
      why: "NLTK from 3.10 reads no data from there, and warns.",
      fix: `chmod -R go-w ${[...new Set(known.filter(({ ref }) => schemeOf(ref) === "nltk").map(({ dir }) => dir))].join(" ")}`,
    }),
  ];
}

/** The directory and every folder on the way to a file. */
function foldersOf(dir: string, paths: readonly string[]): string[] {
  const folders = [dir];
  for (const path of paths) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.push(join(dir, folder));
  }
  return folders;
}

function isSharedFolder(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & 0o022) !== 0;
}
