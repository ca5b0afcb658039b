import {
  type ClientEnvironment,
  createHttp,
  type Fetcher,
  formatRef,
  type Http,
  type Machine,
  type Manifest,
  type Mirror,
  type Ref,
  thisMachine,
} from "@preload/core";
import { type CacheDir, pathOf } from "./cache-dir.ts";

export interface FileFetcherOptions {
  /** @default the process's own */
  readonly machine?: Machine;
  /** @default where the client looks by itself, or the place we made up for one that has none */
  readonly dir?: string;
  /** Bases to ask in order; each client says what lies under them. @default [] the public ones */
  readonly endpoints?: readonly string[];
  /** @default one of its own */
  readonly http?: Http;
}

/** What a lookup may use. */
export interface Source {
  readonly http: Http;
  readonly mirrors: readonly Mirror[];
  readonly signal?: AbortSignal | undefined;
  /** What the ref meant last time. */
  readonly known?: Manifest | undefined;
}

/** What sets one client of plain files apart from another: where it looks, what its refs are, and what they mean. */
export interface FileClient {
  /** The scheme of its refs. */
  readonly name: string;
  cacheDir(machine: Machine): CacheDir;
  /** What leads the client to the directory. Every one of them stays off the network once its file is there. */
  environment(dir: string): Partial<Pick<ClientEnvironment, "set" | "prepend">>;
  mirrors(endpoints: readonly string[], machine: Machine): readonly Mirror[];
  /** @throws PreloadError `BAD_REF` */
  refuseBad(ref: Ref): void;
  /** Which paths a file of this ref may have. */
  owns(ref: Ref): (path: string) => boolean;
  resolve(ref: Ref, source: Source): Promise<Manifest>;
}

/** Builds the fetcher of a client: five of them differ in nothing but the values above. */
export function fileFetcher(client: FileClient, options: FileFetcherOptions = {}): Fetcher {
  const { machine = thisMachine(), http = createHttp({ machine }) } = options;
  const { dir, rule } =
    options.dir === undefined
      ? client.cacheDir(machine)
      : { dir: pathOf(machine).resolve(machine.cwd, options.dir), rule: "dir" };
  const endpoints = (options.endpoints ?? []).map((base) => `${base.replace(/\/+$/, "")}/`);
  const mirrors = client.mirrors(endpoints, machine);
  return {
    name: client.name,
    dir,
    dirRule: rule,
    mirrors,
    http,
    environment: { set: {}, prepend: {}, offline: {}, ...client.environment(dir) },
    symlinks: true,
    canonical: (ref) => {
      client.refuseBad(ref);
      return formatRef(ref);
    },
    owns: (ref) => client.owns(ref),
    resolve: async (ref, { signal, known } = {}) => {
      client.refuseBad(ref);
      return client.resolve(ref, { http, mirrors, signal, known });
    },
  };
}

/** Mirrors of one public base; none when nobody named any. */
export function mirrorsOf(base: string, endpoints: readonly string[]): readonly Mirror[] {
  return [{ base, mirrors: endpoints }];
}
