import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { homeEnv, type Ran, run } from "./run.ts";

const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const isRoot = process.getuid?.() === 0;

/** Who can cut the network here: root and somebody who is not, where we are root; else we ourselves, if the kernel lets us. */
export const users: readonly (readonly [name: string, words: readonly string[]])[] = isRoot
  ? ([
      ["root", []],
      ["nobody", nobody],
    ].filter(([, words]) => canCut(words as string[])) as [string, string[]][])
  : canCut([])
    ? [["this user", []]]
    : [];

function canCut(words: readonly string[]): boolean {
  if (process.platform !== "linux") return false;
  const [program = "", ...args] = [
    ...words,
    "unshare",
    "--map-current-user",
    "--net",
    "--pid",
    "--fork",
    "--mount-proc",
    "true",
  ];
  return spawnSync(program, args).status === 0;
}

export interface Inside extends Ran {
  /** As the report has them. */
  readonly attempts: readonly { readonly by: readonly string[]; readonly host: string; readonly port: number | null }[];
}

/** A place where everybody may write, and the variables of somebody who lives there. */
export async function openPlace(): Promise<{ cwd: string; env: Record<string, string> }> {
  const root = await tempDir();
  const [cwd, home] = [join(root, "project"), join(root, "home")];
  await Promise.all([mkdir(join(cwd, ".git"), { recursive: true }), mkdir(home)]);
  await Promise.all([root, cwd, home].map((path) => chmod(path, 0o777)));
  return { cwd, env: homeEnv(home) };
}

/** Runs a command with --offline but without the guards, so that what is noted was seen from below. */
export async function tryToLeave(
  command: readonly string[],
  { as = [], env = {} }: { as?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Inside> {
  const place = await openPlace();
  const report = join(place.cwd, "report.json");
  const words = ["exec", "--offline=strict", "--tolerate", "--report", report, "--"];
  const bare = ["env", "-u", "NODE_OPTIONS", "-u", "PYTHONPATH", ...command];
  const ran = await run([...words, ...bare], { cwd: place.cwd, as, env: { ...place.env, ...env } });
  const { attempts } = JSON.parse(await readFile(report, "utf8")) as Pick<Inside, "attempts">;
  return { ...ran, attempts };
}
