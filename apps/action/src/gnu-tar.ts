import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * What is wrong with the tar that @actions/cache starts here: only GNU's can be told what not to unpack. It looks for it in
 * the same places and the same order.
 */
export function whyNoGnuTar(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string | undefined {
  const git = join(env.PROGRAMFILES ?? "", "Git", "usr", "bin", "tar.exe");
  const program = platform === "darwin" ? "gtar" : platform === "win32" && existsSync(git) ? git : "tar";
  const { stdout, error } = spawnSync(program, ["--version"], { encoding: "utf8", env });
  if (error)
    return `entries are packed with GNU tar, and there is no ${program} here; install it, or go on without the cache`;
  if (stdout.includes("GNU tar")) return undefined;
  const [version = ""] = stdout.split("\n");
  return `entries are unpacked with GNU tar alone, and ${program} here is ${version === "" ? "another one" : version}; install GNU's, or go on without the cache`;
}
