import { type Machine, PreloadError } from "@preload/core";
import { namesIn, sitePackagesOf } from "./site-packages.ts";

/** Which spaCy the pipelines are for. */
export interface SpacyVersion {
  /** Undefined stands for the newest that the compatibility table knows. */
  readonly version: string | undefined;
  /** How that was decided, for people: `the version option`, `.venv`. */
  readonly rule: string;
}

export interface SpacyVersionOptions {
  readonly machine: Machine;
  readonly version?: string | undefined;
  readonly python?: string | undefined;
}

/** The version option, else what the environment has installed, else the newest. */
export function spacyVersionOf(options: SpacyVersionOptions): SpacyVersion {
  const { machine, version, python } = options;
  if (version !== undefined) return { version, rule: "the version option" };
  if (python !== undefined) return installedIn(python, python, machine) ?? newest(`${python} has no spaCy`);
  const active = machine.env.VIRTUAL_ENV;
  if (!active) return newest("no environment was named");
  return installedInActive(active, machine) ?? newest("VIRTUAL_ENV has no spaCy");
}

function installedInActive(venv: string, machine: Machine): SpacyVersion | undefined {
  try {
    return installedIn(venv, "VIRTUAL_ENV", machine);
  } catch (error) {
    // A variable that is out of date is no reason to stop: nobody asked for that environment here.
    if (error instanceof PreloadError && error.code === "BAD_CONFIG") return undefined;
    throw error;
  }
}

/** Read from the name of spaCy's own metadata folder, `spacy-3.8.7.dist-info`, without running any Python. */
function installedIn(venv: string, rule: string, machine: Machine): SpacyVersion | undefined {
  const names = namesIn(sitePackagesOf(venv, machine).dir);
  const versions = names.map((name) => /^spacy-(\d[^-]*)\.dist-info$/i.exec(name)?.[1]);
  const version = versions.find((found) => found !== undefined);
  return version === undefined ? undefined : { version, rule };
}

function newest(why: string): SpacyVersion {
  return { version: undefined, rule: `the newest, since ${why}` };
}
