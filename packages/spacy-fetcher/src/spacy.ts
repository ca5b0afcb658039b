import { createHttp, type Fetcher, type Http, type Machine, PreloadError, type Ref, thisMachine } from "@preload/core";
import { mirrorsAt } from "./addresses.ts";
import type { Compatibility } from "./compatibility.ts";
import { type ImportRoot, importRoot, pathOf } from "./import-root.ts";
import { canonicalRef, pipelineName } from "./pipeline-name.ts";
import { sitePackagesOf } from "./site-packages.ts";
import { type SpacyVersion, spacyVersionOf } from "./spacy-version.ts";

export interface SpacyOptions {
  /** @default the process's own */
  readonly machine?: Machine;
  /** The import root. @default `$XDG_DATA_HOME/spacy`, `~/.local/share/spacy` */
  readonly dir?: string;
  /** Bases to ask instead of GitHub, in order: `BASE/master/…` and `BASE/releases/download/…`. @default [] */
  readonly endpoints?: readonly string[];
  /** @default one of its own */
  readonly http?: Http;
  /** The spaCy version to choose pipelines for: `3.8`, `3.8.7`. @default what `python` or VIRTUAL_ENV has installed */
  readonly version?: string;
  /** A virtual environment, or its python. */
  readonly python?: string;
  /** Where it goes: a directory for all environments, or the site-packages of `python`. @default "shared" */
  readonly into?: "shared" | "site-packages";
}

export interface SpacyFetcher extends Fetcher {
  /** Which spaCy pipelines are chosen for when a ref names no version, and why. Looks into the environment. */
  spacyVersion(): SpacyVersion;
}

/** What spacy.load wants: an unpacked wheel with its metadata, in a directory that Python imports from. */
export function spacy(options: SpacyOptions = {}): SpacyFetcher {
  const { machine = thisMachine(), endpoints = [], http = createHttp({ machine }), version, python } = options;
  const { dir, rule } = directoryOf(options, machine);
  const mirrors = mirrorsAt(endpoints);
  const spacyVersion = () => spacyVersionOf({ machine, version, python });
  let table: Promise<Compatibility> | undefined;
  const compatibility = async (signal: AbortSignal | undefined) => {
    const { fetchCompatibility } = await import("./compatibility.ts");
    table ??= fetchCompatibility({ http, mirrors, signal });
    // A failure is not kept: the next ref may fare better.
    table.catch(() => (table = undefined));
    return table;
  };
  return {
    name: "spacy",
    dir,
    dirRule: rule,
    mirrors,
    http,
    environment: {
      set: {},
      prepend: options.into === "site-packages" ? {} : { PYTHONPATH: dir },
      // spacy.load never goes online; there is nothing to switch off.
      offline: {},
    },
    symlinks: true,
    canonical: canonicalRef,
    owns: territory,
    spacyVersion,
    resolve: async (ref, { signal } = {}) => {
      canonicalRef(ref);
      const { resolvePipeline } = await import("./resolve.ts");
      return resolvePipeline(ref, { http, mirrors, signal, spacyVersion, compatibility: () => compatibility(signal) });
    },
    follows({ revision, ...moving }) {
      return revision === undefined ? undefined : moving;
    },
    upstream: async (ref, revisions, { signal } = {}) => {
      const { askUpstream } = await import("./upstream.ts");
      return askUpstream(ref, revisions, { spacyVersion, compatibility: () => compatibility(signal) });
    },
  };
}

/** The zod schema of what the config may say beside a spaCy ref. Loads the validator. */
export async function spacyOptions(): Promise<typeof import("./options.ts").schema> {
  return (await import("./options.ts")).schema;
}

/** The package and its metadata, of whatever version: another one has to go. */
function territory(ref: Ref, version: string): (path: string) => boolean {
  // A pin says which version it is.
  if (ref.revision !== undefined && ref.revision !== version) return () => false;
  const name = pipelineName(ref);
  const metadata = new RegExp(`^${name}-[^/]*\\.(?:dist|egg)-info(?:/|$)`);
  return (path) => path.startsWith(`${name}/`) || metadata.test(path);
}

function directoryOf({ dir, into, python }: SpacyOptions, machine: Machine): ImportRoot {
  if (into !== "site-packages") {
    return dir === undefined ? importRoot(machine) : { dir: pathOf(machine).resolve(machine.cwd, dir), rule: "dir" };
  }
  const venv = python ?? machine.env.VIRTUAL_ENV;
  if (!venv) {
    throw new PreloadError("BAD_CONFIG", "spacy: to install into site-packages, python has to name an environment");
  }
  return sitePackagesOf(venv, machine);
}
