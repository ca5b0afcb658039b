import {
  createHttp,
  type Fetcher,
  formatRef,
  type Http,
  type Machine,
  PreloadError,
  type Ref,
  thisMachine,
} from "@preload/core";
import { hfHubCacheDir, isOn } from "./cache-dir.ts";
import { type Endpoint, endpointsFor, mirrorsFor, tokenOrigins } from "./endpoints.ts";
import { environmentFor } from "./environment.ts";
import { pathsOf } from "./expand.ts";
import { lazyHttp } from "./lazy-http.ts";
import { isCommit, repoOf } from "./repo.ts";
import { territory } from "./territory.ts";
import { type FoundToken, findToken } from "./token.ts";

export interface HfFetcherOptions {
  /** @default the process's own */
  readonly machine?: Machine;
  /** The cache, with the layout directly inside. @default where huggingface_hub looks by itself */
  readonly dir?: string;
  /**
   * Hubs to ask, in order. One that is only an address is not shown the token, unless it is the public Hub.
   * @default HF_ENDPOINT, or https://huggingface.co
   */
  readonly endpoints?: readonly (Endpoint | string)[];
  /** @default what `findToken` finds when the first request is made */
  readonly token?: string;
  /** @default one of its own */
  readonly http?: Http;
}

/** What huggingface_hub and the libraries on top of it want: repositories in the layout of its cache. */
export function hf(options: HfFetcherOptions = {}): Fetcher {
  const { machine = thisMachine(), http: plain = createHttp({ machine }) } = options;
  const { dir, rule } =
    options.dir === undefined
      ? hfHubCacheDir(machine)
      : { dir: pathsOf(machine).resolve(machine.cwd, options.dir), rule: "dir" };
  const endpoints = endpointsFor(options.endpoints, machine);
  const mirrors = mirrorsFor(endpoints);

  const given = options.token?.trim();
  let found: Promise<FoundToken | undefined> | undefined;
  const token = () => {
    found ??= given ? Promise.resolve({ token: given, source: "token" }) : findToken(machine);
    return found;
  };
  const http = lazyHttp(plain, async () => {
    const known = await token();
    return known ? plain.authorized(known.token, tokenOrigins(endpoints)) : plain;
  });

  return {
    name: "hf",
    dir,
    dirRule: rule,
    mirrors,
    http,
    environment: environmentFor(dir, machine),
    symlinks: !isOn(machine.env["HF_HUB_DISABLE_SYMLINKS"]),
    canonical,
    owns: (ref, revision) => territory(repoOf(ref), revision),
    async resolve(ref, { signal } = {}) {
      canonical(ref);
      // The Hub's client library and the validator cost more to load than a warm run takes.
      const [{ resolveRepo }, known] = await Promise.all([import("./resolve.ts"), token()]);
      return resolveRepo(ref, { http, endpoints, mirrors, dir, hasToken: known !== undefined, signal });
    },
    follows,
    async upstream(ref, revisions, { signal } = {}) {
      const { askUpstream } = await import("./upstream.ts");
      return askUpstream(ref, revisions, { http, endpoints, signal });
    },
  };
}

/** The zod schema of what the config may say beside a ref of the Hub. Loads the validator. */
export async function hfOptions(): Promise<typeof import("./options.ts").schema> {
  return (await import("./options.ts")).schema;
}

function canonical(ref: Ref): string {
  if (ref.scheme !== "hf") throw new PreloadError("BAD_REF", `${formatRef(ref)} is no ref of the Hub`);
  return repoOf(ref).ref;
}

/** A commit was taken from a branch: from the one under whose name the application asks for it, else from `main`. */
function follows(ref: Ref): Ref | undefined {
  if (ref.revision === undefined || !isCommit(ref.revision)) return undefined;
  const { alias } = ref.options;
  const [branch = "main"] = (Array.isArray(alias) ? alias : [alias]) as (string | undefined)[];
  const { revision: _, ...moving } = ref;
  return branch === "main" ? moving : { ...moving, revision: branch };
}
