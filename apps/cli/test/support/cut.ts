import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import type { Attempt } from "@preload/guards";
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
  readonly attempts: readonly Attempt[];
}

/** A place where everybody may write, and the variables of somebody who lives there. */
export async function openPlace(): Promise<{ cwd: string; env: Record<string, string> }> {
  const root = await tempDir();
  const [cwd, home] = [join(root, "project"), join(root, "home")];
  await Promise.all([mkdir(join(cwd, ".git"), { recursive: true }), mkdir(home)]);
  await Promise.all([root, cwd, home].map((path) => chmod(path, 0o777)));
  return { cwd, env: homeEnv(home) };
}

/**
 * Runs a command with --offline but without the guards, so that what is noted was seen from below; then waits until
 * `host` was noted.
 */
export async function tryToLeave(
  command: readonly string[],
  host: string,
  { as = [], env = {} }: { as?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Inside> {
  const place = await openPlace();
  await writeFile(join(place.cwd, "and-wait.sh"), andWait);
  const words = ["sh", "and-wait.sh", host, ...command];
  const ran = await run(["exec", "--offline=strict", "--", ...words], {
    cwd: place.cwd,
    as,
    env: { ...place.env, ...env },
  });
  const [stdout = "", noted = ""] = ran.stdout.split("\nattempts\n");
  const lines = noted.split("\n").filter((line) => line.startsWith("{"));
  return { ...ran, stdout, attempts: lines.map((line) => JSON.parse(line) as Attempt) };
}

const andWait = `
unset NODE_OPTIONS PYTHONPATH
host=$1; shift
"$@"; code=$?
for i in $(seq 50); do grep -qsF "$host" "$PRELOAD_ATTEMPTS" && break; sleep 0.1; done
printf '\\nattempts\\n'; cat "$PRELOAD_ATTEMPTS"
exit $code`;
