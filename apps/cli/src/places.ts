import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import { allNotes, type Machine } from "@preload/core";
import { hfHome, hfHubCacheDir } from "@preload/hf-fetcher";
import { importRoot, sitePackagesOf } from "@preload/spacy-fetcher";
import { filePlaces } from "@preload/url-fetcher";
import { cacheDir as whisperCacheDir } from "@preload/whisper-fetcher";
import { farPlaces } from "./far-places.ts";
import { folderBelowRoot, folderOf } from "./fetchers.ts";
import { schemeOf } from "./known-models.ts";
import type { Session } from "./session.ts";

/** A directory where models of one ecosystem may lie, and why one would look there. */
export interface Place {
  readonly dir: string;
  readonly rule: string;
}

type Surroundings = Pick<Session, "machine" | "config" | "fetchers" | "stateDir">;

/**
 * The places of this user, beside the one in use, where models of an ecosystem may lie:
 * what other variables or none would choose, a project's own folders, and where we once installed to.
 * Only those that exist, each once.
 */
export function otherPlaces(scheme: string, surroundings: Surroundings): Place[] {
  return existing(nearPlaces(scheme, surroundings), scheme, surroundings);
}

/** These, and those of other users and environments. */
export function allPlaces(scheme: string, surroundings: Surroundings): Place[] {
  const { machine } = surroundings;
  const far = farPlaces(scheme, machine, projectsOf(surroundings));
  return existing([...nearPlaces(scheme, surroundings), ...far], scheme, surroundings);
}

function nearPlaces(scheme: string, surroundings: Surroundings): Place[] {
  const { machine, config, stateDir } = surroundings;
  const installed = allNotes(stateDir)
    .filter(({ manifest }) => schemeOf(manifest.ref) === scheme)
    .map(({ dir }) => ({ dir, rule: "an earlier install" }));
  const roots = [
    { root: machine.env.PRELOAD_CACHE_ROOT, rule: "PRELOAD_CACHE_ROOT" },
    { root: config.cacheRoot, rule: "cacheRoot of the config" },
  ].flatMap(({ root, rule }) => (root ? [{ dir: resolve(config.dir, root, folderBelowRoot(scheme)), rule }] : []));
  return [...roots, ...(placesBy[scheme]?.(machine, projectsOf(surroundings)) ?? []), ...installed];
}

function projectsOf({ config, machine }: Surroundings): string[] {
  return [...new Set([config.dir, machine.cwd])];
}

function existing(candidates: readonly Place[], scheme: string, { fetchers }: Surroundings): Place[] {
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
    ...[
      "TRANSFORMERS_CACHE",
      "PYTORCH_TRANSFORMERS_CACHE",
      "PYTORCH_PRETRAINED_BERT_CACHE",
      "SENTENCE_TRANSFORMERS_HOME",
      "PYANNOTE_CACHE",
    ].flatMap((name) => hubPlace("HF_HUB_CACHE", name, machine)),
    { dir: hfHubCacheDir(bare(machine)).dir, rule: "default" },
    // Where a TRANSFORMERS_CACHE that was set to HF_HOME put them.
    { dir: resolve(machine.cwd, hfHome(machine)), rule: "HF_HOME without hub" },
    ...["sentence_transformers", "pyannote"].map((name) => ({
      dir: join(torchHome(machine), name),
      rule: `older ${name.replace("_", "-")}`,
    })),
    ...inProjects(projects, join(".cache", "huggingface", "hub"), join(".cache", "huggingface"), ".cache", "models"),
  ],
  whisper: (machine, projects) => [
    whisperCacheDir(machine),
    { ...whisperCacheDir(bare(machine)), rule: "default" },
    // Read by no client, but by the programs around it, to pass them on as download_root.
    ...Object.entries(machine.env).flatMap(([rule, value]) =>
      /WHISPER/.test(rule) && value && isAbsolute(value) ? [{ dir: value, rule }] : [],
    ),
    ...inProjects(projects, join(".cache", "whisper"), "models", join("models", "whisper")),
  ],
  spacy: (machine, projects) => [
    importRoot(machine),
    { dir: importRoot(bare(machine)).dir, rule: "default" },
    ...activeEnvironment(machine),
    ...inProjects(projects, join(".cache", "spacy"), "models"),
  ],
  ...Object.fromEntries(
    Object.entries(filePlaces).map(([scheme, placesOf]) => [
      scheme,
      (machine: Machine, projects: readonly string[]) => [
        ...placesOf(machine),
        ...placesOf(bare(machine)).map(({ dir }) => ({ dir, rule: "default" })),
        ...inProjects(projects, join(".cache", folderOf(scheme))),
      ],
    ]),
  ),
};

/** The cache that a variable would choose if it stood alone, by the client's own rules. */
function hubPlace(as: string, name: string, machine: Machine): Place[] {
  const value = machine.env[name];
  return value ? [{ dir: hfHubCacheDir(bare(machine, { [as]: value })).dir, rule: name }] : [];
}

const directoryVariables = [
  ...["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"],
  ...["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR", "NLTK_DATA", "TORCH_HOME", "PRELOAD_GGML_DIR", "PRELOAD_URL_DIR"],
];

function bare(machine: Machine, only: Readonly<Record<string, string>> = {}): Machine {
  const others = Object.entries(machine.env).filter(([name]) => !directoryVariables.includes(name));
  return { ...machine, env: { ...Object.fromEntries(others), ...only } };
}

function inProjects(projects: readonly string[], ...folders: readonly string[]): Place[] {
  return projects.flatMap((project) =>
    folders.map((folder) => ({ dir: join(project, folder), rule: `the project's ${folder.split(sep, 1)[0]}` })),
  );
}

// Python expands a `~` there; nobody else did it for us.
function torchHome({ env, home }: Machine): string {
  return (env.TORCH_HOME ?? join(env.XDG_CACHE_HOME || join(home, ".cache"), "torch")).replace(/^~(?=[/\\]|$)/, home);
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
