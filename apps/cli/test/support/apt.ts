import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Sees to it that a program is there, installing Debian's package of that name where that is allowed. Files of tests run
 * beside each other, and apt-get does not: whoever comes second waits.
 */
export function isInstalled(program: string): boolean {
  const isRoot = process.getuid?.() === 0;
  const mayInstall = existsSync("/usr/bin/apt-get") && (isRoot || Boolean(process.env.CI));
  if (isOnPath(program) || !mayInstall) return isOnPath(program);
  const install = `command -v ${program} || { apt-get update; apt-get install -y --no-install-recommends ${program}; }`;
  const lock = join(tmpdir(), "preload-tests-apt.lock");
  const [first = "", ...rest] = [...(isRoot ? [] : ["sudo", "-n"]), "flock", lock, "sh", "-c", install];
  // No network, or not allowed: what counts is whether it is there then.
  spawnSync(first, rest, { stdio: "ignore", timeout: 240_000 });
  return isOnPath(program);
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
