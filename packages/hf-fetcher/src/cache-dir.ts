import type { Machine } from "@preload/core";
import { expand, expandUser, pathsOf } from "./expand.ts";

export interface CacheDir {
  /** Absolute. */
  readonly dir: string;
  /** The variable that chose it, or `default`. */
  readonly rule: string;
}

/**
 * Where huggingface_hub keeps its cache, as its `constants.py` decides it.
 * A variable that is set to nothing counts as set there, so it does here.
 */
export function hfHubCacheDir(machine: Machine): CacheDir {
  const { env, cwd } = machine;
  const paths = pathsOf(machine);
  const [rule, written] =
    env["HF_HUB_CACHE"] !== undefined
      ? ["HF_HUB_CACHE", env["HF_HUB_CACHE"]]
      : env["HUGGINGFACE_HUB_CACHE"] !== undefined
        ? ["HUGGINGFACE_HUB_CACHE", env["HUGGINGFACE_HUB_CACHE"]]
        : [homeRule(machine), paths.join(hfHome(machine), "hub")];
  // A ~ that only appears once variables are expanded is expanded by every function that takes a cache_dir.
  return { dir: paths.resolve(cwd, expandUser(expand(written, machine), machine)), rule };
}

/** Where huggingface_hub keeps everything that is its own, the token among it. May be relative. */
export function hfHome(machine: Machine): string {
  const { env, home } = machine;
  const paths = pathsOf(machine);
  return expand(
    env["HF_HOME"] ?? paths.join(env["XDG_CACHE_HOME"] ?? paths.join(home, ".cache"), "huggingface"),
    machine,
  );
}

function homeRule({ env }: Machine): string {
  return ["HF_HOME", "XDG_CACHE_HOME"].find((name) => env[name] !== undefined) ?? "default";
}

/** The rule for switches in huggingface_hub: anything but these four words means no. */
export function isOn(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes((value ?? "").toUpperCase());
}
