import { isAbsolute, join, relative, resolve, sep } from "node:path";
import {
  type Config,
  didYouMean,
  type Fetcher,
  type Fetchers,
  type Http,
  type Machine,
  PreloadError,
} from "@preload/core";
import { type Endpoint as HubEndpoint, hf } from "@preload/hf-fetcher";
import { spacy } from "@preload/spacy-fetcher";
import { ggml, nltk, tiktoken, torch, url } from "@preload/url-fetcher";
import { whisper } from "@preload/whisper-fetcher";
import type { Flags } from "./flags.ts";
import { pythonOf } from "./python.ts";
import { refuseUnknownSettings } from "./settings.ts";

/** Clients of plain files, and the folder of each below a cache root. Another one is one more line here. */
const fileClients = {
  tiktoken: { build: tiktoken, folder: "tiktoken" },
  nltk: { build: nltk, folder: "nltk_data" },
  torch: { build: torch, folder: "torch" },
  ggml: { build: ggml, folder: "whisper.cpp" },
  url: { build: url, folder: "files" },
};

/** The folder of a client of plain files below a cache root. */
export function folderOf(scheme: string): string {
  return (fileClients as Readonly<Record<string, { readonly folder: string }>>)[scheme]?.folder ?? scheme;
}

/** Where `--cache-root` puts what a client reads, below the root. */
export function folderBelowRoot(scheme: string): string {
  return scheme === "hf" ? hubFolder.join("/") : folderOf(scheme);
}

const hubFolder = ["huggingface", "hub"];

/** The ecosystems, by the scheme of their refs. Another one is one more line here and in `createFetchers`. */
export const schemes: readonly string[] = ["whisper", "spacy", "hf", ...Object.keys(fileClients)];

interface Surroundings {
  readonly flags: Flags;
  readonly config: Config;
  readonly machine: Machine;
  readonly http: Http;
}

export function createFetchers({ flags, config, machine, http }: Surroundings): Fetchers {
  refuseUnknownSettings(config);
  const dirOf = (scheme: string, ...names: string[]) => chosenDir(scheme, names, { flags, config, machine, http });
  const endpointsOf = (source: string) => endpoints(source, flags, config, machine);
  const urlsOf = (source: string) => endpointsOf(source).map(({ url }) => url);
  const { version, into } = config.sections.spacy ?? {};
  const python = pythonOf(flags, config, machine);
  const [whisperDir, spacyDir, hubDir] = [
    dirOf("whisper", "whisper"),
    into === "site-packages" ? undefined : dirOf("spacy", "spacy"),
    dirOf("hf", ...hubFolder),
  ];
  return {
    whisper: ruled(whisperDir, whisper({ machine, http, ...placed(whisperDir), endpoints: urlsOf("whisper") })),
    spacy: ruled(
      spacyDir,
      spacy({
        machine,
        http,
        ...placed(spacyDir),
        endpoints: urlsOf("spacy"),
        ...(version === undefined ? {} : { version: String(version) }),
        ...(python === undefined ? {} : { python }),
        ...(into === "site-packages" ? { into } : {}),
      }),
    ),
    hf: ruled(hubDir, hf({ machine, http, ...placed(hubDir), ...hubEndpoints(endpointsOf("hf")) })),
    ...createFileFetchers({ flags, config, machine, http }),
  };
}

function createFileFetchers({ flags, config, machine, http }: Surroundings): Fetchers {
  refuseOutside(config, machine);
  const built = Object.entries(fileClients).map(([name, { build, folder }]) => {
    const chosen = chosenDir(name, [folder], { flags, config, machine, http });
    const own = endpoints(name, flags, config, machine);
    // The models of whisper.cpp lie on the Hub.
    const sources = name === "ggml" && own.length === 0 ? endpoints("hf", flags, config, machine) : own;
    const fetcher = build({ machine, http, ...placed(chosen), endpoints: sources.map((source) => source.url) });
    return [name, ruled(chosen, fetcher)] as const;
  });
  return Object.fromEntries(built);
}

/** A `url:` ref writes any file name, so a config that somebody else may have written does not say where. */
function refuseOutside(config: Config, machine: Machine): void {
  const { dir } = config.sections.url ?? {};
  if (typeof dir !== "string") return;
  const parts = relative(config.dir, placeAt(config.dir, dir, machine)).split(/[\\/]/);
  const [first = ""] = parts;
  if (first !== ".." && first !== ".git" && !isAbsolute(parts.join(sep))) return;
  throw new PreloadError("BAD_CONFIG", `${config.path}: url: dir ${JSON.stringify(dir)} is outside of the project`, {
    hint: "Name a folder of the project; for another one set PRELOAD_URL_DIR, or use --cache-root.",
  });
}

interface ChosenDir {
  readonly dir: string;
  /** Who chose it, for people. */
  readonly rule: string;
}

/** The directory that a flag, a variable or the config names for an ecosystem; undefined leaves it to the client's rules. */
function chosenDir(
  scheme: string,
  names: readonly string[],
  { flags, config, machine }: Surroundings,
): ChosenDir | undefined {
  if (flags.cacheRoot !== undefined) {
    const rule = flags.cacheRoot === machine.env.PRELOAD_CACHE_ROOT ? "PRELOAD_CACHE_ROOT" : "--cache-root";
    return { dir: join(placeAt(machine.cwd, flags.cacheRoot, machine), ...names), rule };
  }
  const { dir } = config.sections[scheme] ?? {};
  if (typeof dir === "string")
    return { dir: placeAt(config.dir, dir, machine), rule: `${scheme}.dir in ${config.path}` };
  if (config.cacheRoot === undefined) return undefined;
  return { dir: join(placeAt(config.dir, config.cacheRoot, machine), ...names), rule: `cacheRoot in ${config.path}` };
}

/** No shell expands the `~` of a config, of `--cache-root=~/models` or of a workflow's `env`. */
function placeAt(base: string, written: string, { home }: Pick<Machine, "home">): string {
  return /^~(?:[/\\]|$)/.test(written) ? join(home, written.slice(1)) : resolve(base, written);
}

function placed(chosen: ChosenDir | undefined): { dir?: string } {
  return chosen === undefined ? {} : { dir: chosen.dir };
}

function ruled(chosen: ChosenDir | undefined, fetcher: Fetcher): Fetcher {
  return chosen === undefined ? fetcher : { ...fetcher, dirRule: chosen.rule };
}

interface Source {
  readonly url: string;
  /** Named by the user, not by a file in a repository. */
  readonly byUser: boolean;
}

/** Flag, then `PRELOAD_<NAME>_ENDPOINT`, then config. */
function endpoints(source: string, flags: Flags, config: Config, { env }: Machine): Source[] {
  for (const name of [...(flags.endpoint ?? []).map((given) => given.source), ...Object.keys(config.endpoints)]) {
    if (!schemes.includes(name)) {
      throw new PreloadError("USAGE", `there is no source ${JSON.stringify(name)} to give an endpoint`, {
        hint: didYouMean(name, schemes),
      });
    }
  }
  const flagged = (flags.endpoint ?? []).filter((given) => given.source === source).flatMap(({ urls }) => urls);
  if (flagged.length > 0) return flagged.map((url) => ({ url, byUser: true }));
  const variable = env[`PRELOAD_${source.toUpperCase()}_ENDPOINT`];
  if (variable) return variable.split(",").map((url) => ({ url: url.trim(), byUser: true }));
  return (config.endpoints[source] ?? []).map((url) => ({ url, byUser: false }));
}

/** The Hub's endpoints, as far as flags, variables of ours or the config name them. */
export function namedHubEndpoints({ flags, config, machine }: Omit<Surroundings, "http">): readonly HubEndpoint[] {
  return hubEndpoints(endpoints("hf", flags, config, machine)).endpoints ?? [];
}

// A config belongs to a repository that somebody else may have written: what it names does not get to see the token.
function hubEndpoints(sources: readonly Source[]): { endpoints?: readonly HubEndpoint[] } {
  return sources.length === 0 ? {} : { endpoints: sources.map(({ url, byUser }) => ({ url, token: byUser })) };
}
