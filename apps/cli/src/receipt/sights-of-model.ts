import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type AbsentEntry, type Entry, linksByTarget, openStamps, type Resolution, type Stamps } from "@preload/core";
import { type Sight, sightOf } from "./receipt.ts";

type Resolved = Extract<Resolution, { status: "resolved" }>;

/** How everything looks that a quick check of a model looks at. Undefined when something of it is not proven. */
export function sightsOfModel({ fetcher: { dir }, manifest }: Resolved, stateDir: string): Sight[] | undefined {
  const stamps = openStamps(stateDir, dir, manifest);
  const linked = linksByTarget(manifest);
  const sights: Sight[] = [];
  for (const entry of manifest.entries) {
    const found = sightsOfEntry(entry, { dir, linked, stamps });
    if (found === undefined) return undefined;
    sights.push(...found);
  }
  return sights;
}

interface Look {
  readonly dir: string;
  readonly linked: ReturnType<typeof linksByTarget>;
  readonly stamps: Stamps;
}

function sightsOfEntry(entry: Entry, look: Look): Sight[] | undefined {
  const { dir, linked } = look;
  switch (entry.type) {
    case "file": {
      const links = linked.get(entry.path) ?? [];
      return provenSights(links.length > 0 ? links.map(({ path }) => path) : [entry.path], look, entry.path);
    }
    case "link":
      return []; // Looked at together with the file it leads to.
    case "text": {
      const sight = sightOf(join(dir, entry.path));
      return sight[1] === "" ? undefined : [sight];
    }
    case "archive":
      return provenSights(
        entry.members.map(({ path }) => (entry.path ? `${entry.path}/${path}` : path)),
        look,
      );
    case "absent":
      return absentSights(entry, dir);
  }
}

/** Of files whose bytes were read and found right, under their own name or that of the file they lead to. */
function provenSights(paths: readonly string[], { dir, stamps }: Look, file?: string): Sight[] | undefined {
  const isProven = (path: string) => {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    return stats !== undefined && (stamps.isProven(file ?? path, stats) || stamps.isProven(path, stats));
  };
  return paths.every(isProven) ? paths.map((path) => sightOf(join(dir, path))) : undefined;
}

/** A folder looks different once it holds another name. */
function absentSights({ path, names }: AbsentEntry, dir: string): Sight[] | undefined {
  const folder = join(dir, path);
  const patterns = names.filter((name) => name.includes("*"));
  if (patterns.some((name) => name.includes("/"))) return undefined;
  if (patterns.length > 0 || !existsSync(folder)) return [sightOf(folder), ...plain(names, folder)];
  return plain(names, folder);
}

function plain(names: readonly string[], folder: string): Sight[] {
  return names.filter((name) => !name.includes("*")).map((name) => sightOf(join(folder, name)));
}
