import type { Manifest } from "@preload/core";
import { sizeOf } from "../manifest-size.ts";
import { bytes, count, plain, shortRevision } from "../words.ts";
import type { Cached } from "./cached-models.ts";
import type { CacheEntry } from "./entries.ts";
import { layoutVersion } from "./key.ts";

export interface Explanation {
  readonly key: string;
  /** What went into it, and which other entry would do. */
  readonly lines: readonly string[];
}

/** What no key depends on. */
export const notInKeys =
  "Nothing else changes a key: not the rest of the config, not the order or the names of profiles, no license, mirror, token or system.";

/** What went into each key, in words. */
export function explainKeys(cached: Cached): Explanation[] {
  return cached.entries.map((entry) => ({
    key: entry.key,
    lines: [
      ...(entry.ref === null ? setLines(entry, cached) : modelLines(entry, cached)),
      `layout    ${layoutVersion}, which is raised when the same lock comes to mean other files`,
      entry.restorePrefix === null
        ? "or else   no older entry: what it holds is another revision"
        : `or else   an entry whose key begins with ${entry.restorePrefix}: its files are where they belong, and what is missing is fetched`,
    ],
  }));
}

function setLines({ positions }: CacheEntry, { models, workspace }: Cached): string[] {
  const [first, ...others] = models.map(({ key }) => key);
  return [
    `models    ${first}`,
    ...others.map((key) => `          ${key}`),
    ...positions.map((position) => placeLine(position, workspace)),
  ];
}

function modelLines({ refs, positions, optional }: CacheEntry, { resolutions, workspace }: Cached): string[] {
  const own = resolutions.filter(({ ref }) => refs.includes(ref));
  return [
    ...own.map(({ manifest: { ref, revision } }) => `model     ${plain(ref)} at ${plain(shortRevision(revision))}`),
    ...own.slice(0, 1).map(({ manifest }) => `files     ${filesOf(manifest)}`),
    ...positions.map((position) => placeLine(position, workspace)),
    ...(optional ? ["optional  a job that cannot fetch it has no entry of it"] : []),
  ];
}

function filesOf(manifest: Manifest): string {
  const { files, bytes: size } = sizeOf(manifest);
  const numberOf = (type: string) => manifest.entries.filter((entry) => entry.type === type).length;
  const [links, texts] = [numberOf("link"), numberOf("text")];
  return [
    `${count(files, "file")}, ${bytes(size)}, each by path, size and digest`,
    ...(links > 0 ? [`${count(links, "link")} by path and target`] : []),
    ...(texts > 0 ? [`${count(texts, "small text")} by path and content`] : []),
  ].join("; ");
}

function placeLine(position: string, { dir, rule }: Cached["workspace"]): string {
  return `place     ${plain(position)}, seen from ${plain(dir)} (${plain(rule)})`;
}
