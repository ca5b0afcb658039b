import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, type Fetcher, freeSpace } from "@preload/core";
import { hfHubCacheDir } from "@preload/hf-fetcher";
import { searchedPlaces } from "@preload/url-fetcher";
import { cacheDir as whisperCacheDir } from "@preload/whisper-fetcher";
import { fetchersInUse } from "../in-use.ts";
import type { Place } from "../places.ts";
import type { Session } from "../session.ts";
import { bytes } from "../words.ts";
import { type Finding, on } from "./finding.ts";

const { ok, note, warning, error } = on("directories");

/** Where models go, by which rule, and whether they can. */
export async function directoryFindings(session: Session): Promise<Finding[]> {
  const { machine, stateDir } = session;
  const all = fetchersInUse(session);
  const found = await Promise.all(all.map((fetcher) => ofDirectory(fetcher)));
  return [...found.flat(), ...unseen(all, machine), ...diskFinding(all), ...stateFinding(stateDir)];
}

async function ofDirectory({ name, dir, dirRule }: Fetcher): Promise<Finding[]> {
  const place = `${name.padEnd(7)}  ${dir}  (${dirRule})`;
  const folder = nearest(dir);
  const free = await freeSpace(dir);
  const space = free === undefined ? "" : `, ${bytes(free)} free`;
  if (folder !== dir) {
    if (!isAllowed(folder, constants.W_OK | constants.X_OK)) {
      return [
        warning(`${place}: does not exist and cannot be made, ${folder} is not writable`, {
          why: "An install would end with exit 7.",
          fix: "Change the owner of that folder, or choose another one with --cache-root.",
        }),
      ];
    }
    return [ok(`${place}: not there yet, will be made${space}`)];
  }
  if (!statSync(dir).isDirectory()) {
    return [error(`${place}: is no directory`, { why: "No client can read models from it.", fix: "Move it away." })];
  }
  if (!isAllowed(dir, constants.R_OK | constants.X_OK)) {
    return [
      error(`${place}: cannot be read`, {
        why: "Models in it are not found by this user.",
        fix: `Change the owner or the mode of ${dir}.`,
      }),
    ];
  }
  if (!isAllowed(dir, constants.W_OK)) {
    return [
      note(`${place}: read-only${space}`, {
        why: "What is there can be used; nothing can be added or mended by this user.",
      }),
    ];
  }
  return [ok(`${place}: writable${space}`)];
}

/** A directory of ours that a client does not find with the environment as it is. */
function unseen(fetchers: readonly Fetcher[], machine: Session["machine"]): Finding[] {
  const searched: Readonly<Record<string, (machine: Session["machine"]) => readonly Place[]>> = {
    hf: (given) => [hfHubCacheDir(given)],
    whisper: (given) => [whisperCacheDir(given)],
    ...searchedPlaces,
  };
  return fetchers
    .filter(({ name, dir }) => searched[name]?.(machine).every((place) => place.dir !== dir))
    .map(({ name, dir }) =>
      warning(
        `${name}: a program started from here looks in ${shownPlaces(searched[name]?.(machine) ?? [])}, not in ${dir}`,
        {
          why: "It does not find what preload installs.",
          fix: 'Start it with `preload exec -- …`, or `eval "$(preload env)"` first.',
        },
      ),
    );
}

function shownPlaces([first, ...others]: readonly Place[]): string {
  return first === undefined ? "no folder" : `${first.dir}${others.length > 0 ? " and others" : ""}`;
}

/** Free space is no sum where directories share a disk. */
function diskFinding(fetchers: readonly Fetcher[]): Finding[] {
  const disks = new Map<number, string[]>();
  for (const { name, dir } of fetchers) {
    const { dev } = statSync(nearest(dir));
    disks.set(dev, [...(disks.get(dev) ?? []), name]);
  }
  if (disks.size === 1) return [ok("all of them are on one file system")];
  return [
    note(`they are on ${disks.size} file systems: ${[...disks.values()].map((names) => names.join(" + ")).join(", ")}`),
  ];
}

function stateFinding(stateDir: string): Finding[] {
  if (isAllowed(nearest(stateDir), constants.W_OK)) return [ok(`state    ${stateDir}`)];
  return [
    warning(`state    ${stateDir} is not writable`, {
      why: "What was verified or installed is not remembered, so every run reads all files anew.",
      fix: "Name another directory in PRELOAD_STATE_DIR.",
    }),
  ];
}

/** The path itself, or the lowest of the folders above it that exists. */
function nearest(path: string): string {
  let folder = path;
  while (!isThere(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

function isThere(path: string): boolean {
  return existsSync(path);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch (cause) {
    if (["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR"].includes(codeOf(cause) ?? "")) return false;
    throw cause;
  }
}
