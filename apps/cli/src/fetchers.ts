import { join, resolve } from "node:path";
import { type Config, didYouMean, type Fetchers, type Http, type Machine, PreloadError } from "@preload/core";
import { type Endpoint as HubEndpoint, hf } from "@preload/hf-fetcher";
import { spacy } from "@preload/spacy-fetcher";
import { whisper } from "@preload/whisper-fetcher";
import type { Flags } from "./flags.ts";
import { pythonOf } from "./python.ts";

/** The ecosystems, by the scheme of their refs. A fourth is one more line here and in `createFetchers`. */
export const schemes: readonly string[] = ["whisper", "spacy", "hf"];

interface Surroundings {
  readonly flags: Flags;
  readonly config: Config;
  readonly machine: Machine;
  readonly http: Http;
}

export function createFetchers({ flags, config, machine, http }: Surroundings): Fetchers {
  const root = cacheRoot(flags, config, machine);
  const under = (...names: string[]) => (root === undefined ? {} : { dir: join(root, ...names) });
  const endpointsOf = (source: string) => endpoints(source, flags, config, machine);
  const { version, into, dir } = config.sections.spacy ?? {};
  const python = pythonOf(flags, config, machine);
  return {
    whisper: whisper({
      machine,
      http,
      ...section(config, "whisper"),
      ...under("whisper"),
      endpoints: endpointsOf("whisper").map(({ url }) => url),
    }),
    spacy: spacy({
      machine,
      http,
      ...(typeof dir === "string" ? { dir: resolve(config.dir, dir) } : {}),
      ...under("spacy"),
      endpoints: endpointsOf("spacy").map(({ url }) => url),
      ...(version === undefined ? {} : { version: String(version) }),
      ...(python === undefined ? {} : { python }),
      ...(into === "site-packages" ? { into } : {}),
    }),
    hf: hf({
      machine,
      http,
      ...section(config, "hf"),
      ...under("huggingface", "hub"),
      ...hubEndpoints(endpointsOf("hf")),
    }),
  };
}

function cacheRoot(flags: Flags, config: Config, machine: Machine): string | undefined {
  if (flags.cacheRoot !== undefined) return resolve(machine.cwd, flags.cacheRoot);
  return config.cacheRoot === undefined ? undefined : resolve(config.dir, config.cacheRoot);
}

/** A directory that the config gives to one ecosystem, relative to the config. */
function section(config: Config, scheme: string): { dir?: string } {
  const { dir } = config.sections[scheme] ?? {};
  return typeof dir === "string" ? { dir: resolve(config.dir, dir) } : {};
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
