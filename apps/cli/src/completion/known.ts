import { resolve } from "node:path";
import {
  allRemembered,
  allRequests,
  type Config,
  loadConfig,
  type Machine,
  PreloadError,
  profilesWith,
  stateDirOf,
  thisMachine,
} from "@preload/core";
import { builtIn } from "../built-in.ts";
import { schemes } from "../fetchers.ts";
import type { Io } from "../io.ts";
import type { Candidate } from "./candidate.ts";
import type { Position } from "./position.ts";

/** The names that a project and this machine know. */
export interface Known {
  readonly profiles: readonly Candidate[];
  /** The models of the config and its short names for them, then what was installed without a lock. */
  readonly refs: readonly Candidate[];
}

/**
 * Reads the config that the line means, without a word about what is wrong with it: the line is not finished yet.
 * Asks nobody, and runs no config that is a program.
 */
export async function knownAt({ given }: Position, io: Io): Promise<Known> {
  const said = new Map(given);
  const cwd = resolve(io.cwd, said.get("cwd") ?? "");
  const machine: Machine = { ...thisMachine(), env: io.env, cwd };
  const stateDir = stateDirOf(machine);
  const path = said.get("config") ?? (io.env.PRELOAD_CONFIG || undefined);
  try {
    const config = await loadConfig({ cwd, path, schemes, stateDir, programs: "skip" });
    return namesIn(config ?? builtIn(cwd), stateDir);
  } catch (error) {
    if (error instanceof PreloadError) return { profiles: [], refs: [] };
    throw error;
  }
}

function namesIn(config: Config, stateDir: string): Known {
  const profiles = Object.entries(config.profiles).map(([value, { models, extends: parents }]) => ({
    value,
    does: [...models.map(({ ref }) => ref), ...parents.map((parent) => `all of ${parent}`)].join(", "),
  }));
  const models = allRequests(config).map(({ ref }) => ({ value: ref, does: profilesWith(config, ref).join(", ") }));
  const aliases = Object.entries(config.aliases).map(([value, { ref }]) => ({ value, does: ref }));
  const installed = allRemembered(stateDir).map(({ manifest }) => ({ value: manifest.ref, does: "installed" }));
  const refs = new Map([...installed, ...models, ...aliases].map((one) => [one.value, one]));
  return { profiles, refs: [...refs.values()] };
}
