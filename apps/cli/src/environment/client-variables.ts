import { join, resolve } from "node:path";
import type { Fetcher, Machine } from "@preload/core";
import { hfHome } from "@preload/hf-fetcher";
import { whisper, cacheDir as whisperCacheDir } from "@preload/whisper-fetcher";
import { fetchersInUse } from "../in-use.ts";
import type { Session } from "../session.ts";

/** A variable that a process needs to find the models, or to stay offline. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** `path` is a directory, or several, to be put in front of the others that the variable lists. */
  readonly kind: "directory" | "path" | "offline" | "setting";
}

export interface ClientVariables {
  readonly variables: readonly Variable[];
  /** Variables of the caller's that lead a client elsewhere than to our directories. */
  readonly elsewhere: readonly { readonly name: string; readonly value: string; readonly wanted: string }[];
  /** What the reader should know before using them. */
  readonly notes: readonly string[];
}

export interface ClientVariablesOptions {
  readonly offline: boolean;
  /** For an image, where this machine's home means nothing. @default false */
  readonly forImage?: boolean;
}

/** What a process needs in its environment to find the models where we put them. */
export function clientVariables(
  session: Session,
  { offline, forImage = false }: ClientVariablesOptions,
): ClientVariables {
  const { machine } = session;
  const variables = new Map<string, Variable>();
  const notes: string[] = [];
  for (const fetcher of fetchersInUse(session)) {
    const { set, prepend, offline: switches } = environmentOf(fetcher, machine);
    for (const [name, value] of Object.entries(set)) variables.set(name, { name, value, kind: "directory" });
    for (const [name, value] of Object.entries(prepend)) variables.set(name, { name, value, kind: "path" });
    if (offline)
      for (const [name, value] of Object.entries(switches)) variables.set(name, { name, value, kind: "offline" });
    if (isBeyondReach(fetcher, machine)) {
      notes.push(
        `No variable leads whisper to ${fetcher.dir}: pass download_root=${JSON.stringify(fetcher.dir)} to load_model.`,
      );
    }
  }
  const moved = variables.get("XDG_CACHE_HOME");
  if (moved && moved.value !== machine.env.XDG_CACHE_HOME) {
    notes.push(
      `XDG_CACHE_HOME is the only way to lead whisper to ${moved.value}; it moves the caches of other programs (pip, torch, …) there too.`,
    );
    // Or the Hub's token, which lies in the cache folder, would be out of sight.
    if (machine.env.HF_HOME === undefined && !forImage) {
      variables.set("HF_HOME", { name: "HF_HOME", value: resolve(machine.cwd, hfHome(machine)), kind: "directory" });
    }
  }
  return { variables: [...variables.values()], elsewhere: elsewhereIn(machine, [...variables.values()]), notes };
}

/** The variables as the process is to have them: lists keep what the caller's environment holds. */
export function asEnvironment(
  variables: readonly Variable[],
  machine: Pick<Machine, "env" | "platform">,
): Record<string, string> {
  const separator = machine.platform === "win32" ? ";" : ":";
  return Object.fromEntries(
    variables.map(({ name, value, kind }) => {
      if (kind !== "path") return [name, value];
      // An empty part would mean the working directory.
      const own = value.split(separator);
      const others = (machine.env[name] ?? "").split(separator).filter((part) => part !== "" && !own.includes(part));
      return [name, [value, ...others].join(separator)];
    }),
  );
}

/** Said in full also where the caller's own variables would do: the process that is meant may not have them. */
function environmentOf(fetcher: Fetcher, machine: Machine): Fetcher["environment"] {
  if (fetcher.name !== "whisper") return fetcher.environment;
  return whisper({ machine: { ...machine, env: {} }, dir: fetcher.dir, http: fetcher.http }).environment;
}

function isBeyondReach({ name, dir, environment }: Fetcher, machine: Machine): boolean {
  if (name !== "whisper") return false;
  return dir !== whisperCacheDir(machine).dir && environment.set.XDG_CACHE_HOME === undefined;
}

function elsewhereIn({ env, cwd }: Machine, variables: readonly Variable[]): ClientVariables["elsewhere"] {
  return variables.flatMap(({ name, value: wanted, kind }) => {
    const value = env[name];
    if (kind !== "directory" || value === undefined || resolve(cwd, value) === join(wanted)) return [];
    return [{ name, value, wanted }];
  });
}
