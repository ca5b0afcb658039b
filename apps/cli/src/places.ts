import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { allRemembered, type Machine } from "@preload/core";
import { hfHubCacheDir } from "@preload/hf-fetcher";
import { importRoot, sitePackagesOf } from "@preload/spacy-fetcher";
import { cacheDir as whisperCacheDir } from "@preload/whisper-fetcher";
import { schemeOf } from "./known-models.ts";
import type { Session } from "./session.ts";

/** A directory where models of one ecosystem may lie, and why one would look there. */
export interface Place {
  readonly dir: string;
  readonly rule: string;
}

type Surroundings = Pick<Session, "machine" | "config" | "fetchers" | "stateDir">;

/**
 * The places on this machine, beside the one in use, where models of an ecosystem may lie:
 * what other variables or none would choose, a project's own `.cache`, and where we once installed to.
 * Only those that exist, each once.
 */
export function otherPlaces(scheme: string, { machine, config, fetchers, stateDir }: Surroundings): Place[] {
  const projects = [...new Set([config.dir, machine.cwd])];
  const installed = allRemembered(stateDir)
    .filter(({ manifest }) => schemeOf(manifest.ref) === scheme)
    .map(({ dir }) => ({ dir, rule: "an earlier install" }));
  const candidates = [...(placesBy[scheme]?.(machine, projects) ?? []), ...installed];
  const seen = new Set([realPath(fetchers[scheme]?.dir ?? "")]);
  return candidates.filter(({ dir }) => {
    const real = realPath(dir);
    if (!existsSync(dir) || seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}

const placesBy: Readonly<Record<string, (machine: Machine, projects: readonly string[]) => Place[]>> = {
  hf: (machine, projects) => [
    ...["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"].flatMap((name) =>
      hubPlace(name, name, machine),
    ),
    // Read by single libraries, each of which expects the Hub's layout there.
    ...["TRANSFORMERS_CACHE", "SENTENCE_TRANSFORMERS_HOME", "PYANNOTE_CACHE"].flatMap((name) =>
      hubPlace("HF_HUB_CACHE", name, machine),
    ),
    { dir: hfHubCacheDir(bare(machine)).dir, rule: "default" },
    ...inProjects(projects, join("huggingface", "hub"), join("huggingface")),
  ],
  whisper: (machine, projects) => [
    whisperCacheDir(machine),
    { ...whisperCacheDir(bare(machine)), rule: "default" },
    ...inProjects(projects, "whisper"),
  ],
  spacy: (machine, projects) => [
    importRoot(machine),
    { dir: importRoot(bare(machine)).dir, rule: "default" },
    ...activeEnvironment(machine),
    ...inProjects(projects, "spacy"),
  ],
};

/** The cache that a variable would choose if it stood alone, by the client's own rules. */
function hubPlace(as: string, name: string, machine: Machine): Place[] {
  const value = machine.env[name];
  return value ? [{ dir: hfHubCacheDir(bare(machine, { [as]: value })).dir, rule: name }] : [];
}

const directoryVariables = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"];

function bare(machine: Machine, only: Readonly<Record<string, string>> = {}): Machine {
  const others = Object.entries(machine.env).filter(([name]) => !directoryVariables.includes(name));
  return { ...machine, env: { ...Object.fromEntries(others), ...only } };
}

function inProjects(projects: readonly string[], ...folders: readonly string[]): Place[] {
  return projects.flatMap((project) =>
    folders.map((folder) => ({ dir: resolve(project, ".cache", folder), rule: "the project's .cache" })),
  );
}

function activeEnvironment(machine: Machine): Place[] {
  const venv = machine.env.VIRTUAL_ENV;
  if (!venv || !existsSync(venv)) return [];
  try {
    return [{ dir: sitePackagesOf(venv, machine).dir, rule: "VIRTUAL_ENV" }];
  } catch {
    return []; // A stale variable: nobody asked for it here.
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Not there, or not ours to look at; then its own name has to do.
  }
}
