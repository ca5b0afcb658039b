import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether the tar that @actions/cache starts here is GNU's, which alone can be told what not to unpack. It looks for it in the
 * same places and the same order.
 */
export function hasGnuTar(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean {
  const git = join(env.PROGRAMFILES ?? "", "Git", "usr", "bin", "tar.exe");
  const program = platform === "darwin" ? "gtar" : platform === "win32" && existsSync(git) ? git : "tar";
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8", env });
  return stdout?.includes("GNU tar") === true;
}
