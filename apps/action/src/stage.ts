import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { clear } from "./clear.ts";
import { Failure } from "./failure.ts";

/** A folder of ours where entries are unpacked and put together, so that nothing of an entry is ever unpacked elsewhere. */
export interface Stage {
  readonly dir: string;
  /** Does what @actions/cache has a part in. The process works in the folder meanwhile, and tar knows what not to unpack. */
  within<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * What tar is told beside what @actions/cache tells it, which is to take every name as it stands (`-P`). An entry that
 * somebody prepared could otherwise write anywhere: by an absolute name, by one that climbs, or through a link that it
 * brought along. Links of every kind are unpacked as links to nothing; there are none in an entry of ours.
 */
const onlyBelow = [
  "--hard-dereference",
  // A colon in the name of an archive is no name of another machine.
  "--force-local",
  "--anchored",
  "--exclude=/*",
  "--no-anchored",
  "--exclude=..",
  "--transform=s,.*,refused,RH",
  "--transform=s,.*,refused,RS",
].join(" ");

/** Makes a new folder below `temp`. */
export function openStage(temp: string, env: NodeJS.ProcessEnv): Stage {
  const dir = newFolder(temp);
  // A process that is ended by a signal leaves nothing but what the runner clears away with its folder.
  const leaveNothing = () => clear(dir);
  process.once("exit", leaveNothing);
  return {
    dir,
    async within(work) {
      const before = { cwd: process.cwd(), ...pick(env) };
      process.chdir(dir);
      // Names in an entry are relative to this folder, when it is made and when it is unpacked.
      env.GITHUB_WORKSPACE = dir;
      env.TAR_OPTIONS = onlyBelow;
      // Archives lie below as well, and are gone with it.
      env.RUNNER_TEMP = join(dir, "archives");
      try {
        return await work();
      } finally {
        process.chdir(before.cwd);
        for (const name of changed) restore(env, name, before[name]);
      }
    },
    close() {
      process.off("exit", leaveNothing);
      clear(dir);
    },
  };
}

/** Its real path: names in an entry are relative to where the process is, which knows no links. @throws Failure */
function newFolder(temp: string): string {
  try {
    mkdirSync(temp, { recursive: true });
    return realpathSync(mkdtempSync(join(temp, "preload-")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(
      [
        `RUNNER_TEMP: no folder can be made in ${temp}\n${why}\nFree some space there, or let the runner have a folder it may write to.`,
      ],
      7,
    );
  }
}

const changed = ["GITHUB_WORKSPACE", "TAR_OPTIONS", "RUNNER_TEMP"] as const;

function pick({ GITHUB_WORKSPACE, TAR_OPTIONS, RUNNER_TEMP }: NodeJS.ProcessEnv) {
  return { GITHUB_WORKSPACE, TAR_OPTIONS, RUNNER_TEMP };
}

function restore(env: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete env[name];
  else env[name] = value;
}
