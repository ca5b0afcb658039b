import { type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf, ownedPaths } from "@preload/core";
import type { KnownModel } from "../known-models.ts";
import type { Session } from "../session.ts";

import { type Finding, on } from "./finding.ts";

const { ok, note, warning, error } = on("directories");

/** A user as a container or a service has one: numbers, which need no name here. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whether another user can read the models. Worked out from owners and modes, so without becoming that user; access
 * lists and further groups may allow more.
 */
export function userFindings(session: Session, known: readonly KnownModel[], user: User): Finding[] {
  if (session.machine.platform === "win32") return [note("what another user may do is not looked at on Windows")];
  return Object.values(session.fetchers).flatMap(({ name, dir }) => {
    const models = known.filter((model) => model.dir === dir && model.manifest !== undefined);
    return ofDirectory(name, dir, models, user);
  });
}

function ofDirectory(name: string, dir: string, models: readonly KnownModel[], user: User): Finding[] {
  const who = `user ${user.uid}:${user.gid}`;
  const closed = folderAbove(dir).find((folder) => !allows(folder, "x", user));
  if (closed !== undefined) {
    return [
      error(`${name}: ${who} cannot enter ${closed} (${modeOf(closed)})`, {
        why: `Nothing in ${dir} is found by a program that runs as that user.`,
        fix: "Use a directory that is open to it, with --cache-root, or chmod a+x that folder.",
      }),
    ];
  }
  const stats = look(dir);
  if (!stats) return [ok(`${name}: ${dir} is not there yet`)];
  if (!allows(dir, "r", user) || !allows(dir, "x", user)) {
    return [
      error(`${name}: ${who} cannot read ${dir} (${modeOf(dir)})`, {
        why: "Models in it are not found by a program that runs as that user.",
        fix: `chmod -R a+rX ${dir}, or chown -R ${user.uid}:${user.gid} ${dir}`,
      }),
    ];
  }
  const shut = models.flatMap(({ ref, manifest }) => {
    const paths = manifest ? withFolders(ownedPaths(manifest)) : [];
    const bad = paths.filter((path) => isShut(join(dir, path), user));
    const [first] = bad;
    return first === undefined ? [] : [{ ref, count: bad.length, first: join(dir, first) }];
  });
  const unreadable = shut.map(({ ref, count: number, first }) =>
    error(
      `${name}: ${who} cannot read ${number === 1 ? "a file or folder" : `${number} files and folders`} of ${ref}, such as ${first} (${modeOf(first)})`,
      {
        why: "The model is there, and a program that runs as that user does not find it.",
        fix: `chmod -R a+rX ${dir}, or chown -R ${user.uid}:${user.gid} ${dir}`,
      },
    ),
  );
  if (unreadable.length > 0) return unreadable;
  if (allows(dir, "w", user)) return [ok(`${name}: ${who} can read and write ${dir}`)];
  return [
    name === "hf"
      ? warning(`${name}: ${who} can read ${dir}, and cannot write to it`, {
          why: "Clients that are online want to note what they looked up there, and warn; offline they only read.",
          fix: `Tell them to stay offline (HF_HUB_OFFLINE=1), or chown -R ${user.uid}:${user.gid} ${dir}`,
        })
      : ok(`${name}: ${who} can read ${dir}`),
  ];
}

function isShut(path: string, user: User): boolean {
  const stats = look(path);
  return stats !== undefined && (!allows(path, "r", user) || (stats.isDirectory() && !allows(path, "x", user)));
}

/** Each path, and the folders it lies in. */
function withFolders(paths: Iterable<string>): string[] {
  const all = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) all.add(parts.slice(0, depth).join("/"));
  }
  return [...all];
}

/** From the root down, those that exist. */
function folderAbove(dir: string): string[] {
  const above: string[] = [];
  for (let folder = dirname(dir); ; folder = dirname(folder)) {
    above.unshift(folder);
    if (folder === dirname(folder)) return above.filter((one) => look(one) !== undefined);
  }
}

const bits = { r: 4, w: 2, x: 1 } as const;

function allows(path: string, what: keyof typeof bits, { uid, gid }: User): boolean {
  const stats = look(path);
  if (!stats || uid === 0) return stats !== undefined;
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bits[what]) !== 0;
}

function modeOf(path: string): string {
  const stats = look(path);
  return stats ? `mode ${(stats.mode & 0o7777).toString(8).padStart(4, "0")}, of ${stats.uid}:${stats.gid}` : "gone";
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if (["EACCES", "ENOTDIR", "ELOOP"].includes(codeOf(cause) ?? "")) return undefined;
    throw cause;
  }
}
