import { sudoShell } from "./first-process.ts";
import { findProgram, type Place, systemDirs } from "./programs.ts";

/** One way to get a network of one's own, with nobody on it. */
export interface Way {
  readonly name: "namespace" | "sudo";
  /** The words in front of the shell that is process 1 inside. */
  readonly words: readonly string[];
  /** The words in front of the command. */
  readonly powerless: readonly string[];
}

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface Ways {
  readonly ways: readonly Way[];
  /** Why there are none, and what would help. */
  readonly reason?: string;
  readonly hint?: string;
}

/**
 * The ways to try here, the best one first.
 *
 * Root needs no user namespace, and without one other people's files keep their owners' names. Everybody else maps
 * himself to himself (`-c`), where the kernel lets him; where it does not, sudo without a password is as good.
 *
 *   --pid --fork --kill-child --mount-proc   a set of processes that the kernel ends as a whole, with the first of them.
 *                                            That one ends with the supervisor, which hears of our end from its socket,
 *                                            and has time to clean up, which a signal on our death would not leave it
 *   --bounding-set=-all --no-new-privs       no capability, and no program that gives one: neither sudo nor ping has
 *                                            any power inside, and it could lead out if it had
 */
export function waysHere(place: Place, platform: NodeJS.Platform, user: User): Ways {
  if (platform !== "linux") {
    const system = platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
    return none(`${system} has nothing that cuts the network of one program`, "Linux has, also in a virtual machine.");
  }
  const [unshare, setpriv, sudo] = ["unshare", "setpriv", "sudo"].map((name) => findProgram(name, place, systemDirs));
  if (unshare === undefined || setpriv === undefined) {
    return none(
      `${unshare === undefined ? "unshare" : "setpriv"} is not installed`,
      "Both unshare and setpriv are in the package util-linux.",
    );
  }
  const rights = [setpriv, "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"];
  const asUser: Way = {
    name: "namespace",
    words: [unshare, "--map-current-user", "--keep-caps", ...own],
    powerless: rights,
  };
  if (user.uid === 0) return { ways: [{ ...asUser, words: [unshare, ...own] }, asUser] };
  if (sudo === undefined) return { ways: [asUser] };
  const ids = ["--reuid", `${user.uid}`, "--regid", `${user.gid}`];
  const groups = user.groups.length > 0 ? ["--groups", user.groups.join(",")] : ["--clear-groups"];
  const asRoot: Way = {
    name: "sudo",
    words: ["/bin/sh", "-c", sudoShell, "sh", sudo, unshare, ...own],
    powerless: [...rights, ...ids, ...groups],
  };
  return { ways: [asUser, asRoot] };
}

const own = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

function none(reason: string, hint: string): Ways {
  return { ways: [], reason, hint };
}
