import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { entriesIn, type Machine } from "@preload/core";
import { hfHubCacheDir } from "@preload/hf-fetcher";
import { importRoot } from "@preload/spacy-fetcher";
import { filePlaces } from "@preload/url-fetcher";
import { cacheDir as whisperCacheDir } from "@preload/whisper-fetcher";
import type { Place } from "./places.ts";

/**
 * Where models of an ecosystem may lie that no variable and no rule of this user leads to: other users' homes, and
 * for pipelines the Python environments. They may not exist.
 */
export function farPlaces(scheme: string, machine: Machine, projects: readonly string[]): Place[] {
  const homes = otherHomes(machine).flatMap((home) => placesOfHome(scheme, { ...machine, env: {}, home }));
  return scheme === "spacy" ? [...environments(machine, projects), ...homes] : homes;
}

// On a machine with more people than this, one of them is not worth the time of the others.
const mostHomes = 64;

function otherHomes({ home, platform }: Machine): string[] {
  const beside = dirname(home) === dirname(dirname(home)) ? [] : foldersIn(dirname(home));
  const usual = platform === "win32" ? [] : ["/root", ...foldersIn(platform === "darwin" ? "/Users" : "/home")];
  return [...new Set([...beside, ...usual])].filter((other) => other !== home).slice(0, mostHomes);
}

function placesOfHome(scheme: string, other: Machine): Place[] {
  const rule = `the home ${other.home}`;
  switch (scheme) {
    case "hf":
      return [{ dir: hfHubCacheDir(other).dir, rule }];
    case "whisper":
      return [{ dir: whisperCacheDir(other).dir, rule }];
    case "spacy":
      return [{ dir: importRoot(other).dir, rule }];
    default:
      return (Object.hasOwn(filePlaces, scheme) ? filePlaces[scheme as keyof typeof filePlaces](other) : [])
        .slice(0, 1)
        .map(({ dir }) => ({ dir, rule }));
  }
}

/** The folders that Pythons on this machine import from, as far as people and their tools put them where they usually do. */
function environments({ env, home, platform }: Machine, projects: readonly string[]): Place[] {
  const named = ["VIRTUAL_ENV", "CONDA_PREFIX"].flatMap((rule) => (env[rule] ? [{ folder: env[rule], rule }] : []));
  const inProjects = projects.flatMap((project) =>
    [".venv", "venv", "env"].map((name) => ({ folder: join(project, name), rule: "an environment of the project" })),
  );
  const kept = [
    ".virtualenvs",
    ".local/share/virtualenvs",
    ".cache/pypoetry/virtualenvs",
    ".pyenv/versions",
    ...["miniconda3", "anaconda3", "miniforge3"].map((name) => `${name}/envs`),
  ].flatMap((parent) => foldersIn(join(home, parent)).map((folder) => ({ folder, rule: "an environment" })));
  const system = ["/usr/local", "/opt/venv", "/opt/conda", join(home, ".local")].map((folder) => ({
    folder,
    rule: "the system's Python",
  }));
  const found = [...named, ...inProjects, ...kept, ...(platform === "win32" ? [] : system)].flatMap(
    ({ folder, rule }) => importFoldersOf(folder, platform).map((dir) => ({ dir, rule })),
  );
  const listed = (env.PYTHONPATH ?? "").split(platform === "win32" ? ";" : ":").filter((dir) => dir !== "");
  return [...listed.map((dir) => ({ dir, rule: "PYTHONPATH" })), ...found];
}

/** Told from the layout, since a Python that is asked may take long to answer. */
function importFoldersOf(environment: string, platform: NodeJS.Platform): string[] {
  if (platform === "win32") return [join(environment, "Lib", "site-packages")];
  const versions = entriesIn(join(environment, "lib")).filter(({ name }) => /^(python|pypy)3/.test(name));
  return versions
    .flatMap(({ name }) => ["site-packages", "dist-packages"].map((end) => join(environment, "lib", name, end)))
    .filter((dir) => existsSync(dir));
}

function foldersIn(parent: string): string[] {
  return entriesIn(parent).flatMap((entry) => (entry.isDirectory() ? [join(parent, entry.name)] : []));
}
