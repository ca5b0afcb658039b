import type { Mirror } from "@preload/core";
import { type Asked, asked } from "../asked/asked.ts";
import { askedOfHub } from "../asked/hub.ts";
import { type Noted, wasAnswered } from "./noted.ts";

/** A model in one revision, and what was wanted of it. */
export interface Use {
  /** Without a revision: `hf:org/name`, `whisper:tiny.en`. */
  readonly ref: string;
  /** As it was asked for. Undefined is what a client takes by itself. */
  readonly revision: string | undefined;
  /** The files that are there, by their paths in the model, and whether their bytes passed by. */
  readonly files: ReadonlyMap<string, { readonly isFetched: boolean }>;
  /** False for one that was only seen to be opened. */
  readonly isRequested: boolean;
}

export interface Uses {
  readonly models: readonly Use[];
  /** Refs that somebody asked for, and nobody has. */
  readonly absent: readonly string[];
  /** Hosts that something was asked of which could not be seen, and what is known of them. */
  readonly unnamed: readonly UnnamedHost[];
  /** Requests for what is no model, by their host. */
  readonly others: readonly { readonly host: string; readonly requests: number }[];
}

interface UnnamedHost {
  readonly host: string;
  readonly what?: string;
}

export interface Surroundings {
  /** What the requests that came through our stand-in for the Hub have in front of their paths. */
  readonly hubPath: string;
  readonly mirrors: readonly Mirror[];
}

/** What the requests of a run say about the models that it uses. */
export function usesIn(noted: readonly Noted[], surroundings: Surroundings): Uses {
  const requests = noted.filter(({ isSentOn, path }) => !isSentOn && path !== undefined);
  const meanings = requests.map((one) => ({ one, meaning: meaningOf(one, surroundings) }));
  const ofModels = meanings.flatMap(({ one, meaning }) =>
    meaning === undefined || meaning.kind === "place" ? [] : [{ one, meaning }],
  );
  const models = withoutErrands(withoutEmpty(grouped(ofModels)), requests);
  const found = new Set(models.map(({ ref }) => ref));
  return {
    models,
    absent: [...new Set(ofModels.map(({ meaning }) => meaning.ref))].filter((ref) => !found.has(ref)).sort(),
    unnamed: unnamedIn(noted, found, surroundings),
    others: counted(meanings.flatMap(({ one, meaning }) => (meaning === undefined ? [one.host] : []))),
  };
}

function meaningOf({ by, host, path = "/" }: Noted, { hubPath, mirrors }: Surroundings): Asked | undefined {
  if (by !== "hub") return asked(host, path, mirrors);
  const inHub = `https://huggingface.co${path.startsWith(hubPath) ? path.slice(hubPath.length) : path}`;
  // What comes here comes from a client of the Hub: whisper.cpp's own script would not.
  return URL.canParse(inHub) ? askedOfHub(new URL(inHub)) : undefined;
}

type ModelRequest = { readonly one: Noted; readonly meaning: Exclude<Asked, { kind: "place" }> };

/** A client asks what a branch means, and goes on with the commit: then it is the branch that was asked for. */
function grouped(requests: readonly ModelRequest[]): Use[] {
  const moving = movingRevisions(requests);
  const uses = new Map<string, Use & { readonly files: Map<string, { isFetched: boolean }> }>();
  for (const { one, meaning } of requests.filter(({ one }) => wasAnswered(one))) {
    const { ref, revision } = meaning;
    for (const name of moving.get(`${ref}@${revision}`) ?? [revision]) {
      const named = isDefault(name) ? undefined : name;
      const key = `${ref}@${named}`;
      const use = uses.get(key) ?? { ref, revision: named, files: new Map(), isRequested: true };
      uses.set(key, use);
      if (meaning.file === undefined) continue;
      const isFetched = (one.method ?? "GET") === "GET" || use.files.get(meaning.file)?.isFetched === true;
      use.files.set(meaning.file, { isFetched });
    }
  }
  return [...uses.values()];
}

/** By `ref@commit`: the branches and tags that were asked for, and were answered with this commit. */
function movingRevisions(requests: readonly ModelRequest[]): Map<string, Set<string | undefined>> {
  const moving = new Map<string, Set<string | undefined>>();
  for (const { one, meaning } of requests) {
    if (one.commit === undefined || one.commit === meaning.revision) continue;
    const key = `${meaning.ref}@${one.commit}`;
    const name = isDefault(meaning.revision) ? undefined : meaning.revision;
    moving.set(key, (moving.get(key) ?? new Set()).add(name));
  }
  return moving;
}

function isDefault(revision: string | undefined): boolean {
  return revision === undefined || revision === "main";
}

/** Who asks for a repository as such, and for files of another revision, has no use for its main branch. */
function withoutEmpty(uses: readonly Use[]): Use[] {
  const isOnlyOne = (use: Use) => uses.every((other) => other === use || other.ref !== use.ref);
  return uses.filter((use) => use.files.size > 0 || use.revision !== undefined || isOnlyOne(use));
}

/**
 * Of a repository without safetensors, transformers looks in the background for a pull request that adds them, and
 * fetches from that for another time (`safetensors_conversion.py`). Nothing that was loaded came from there.
 */
function withoutErrands(uses: readonly Use[], requests: readonly Noted[]): Use[] {
  const isSearched = (ref: string) =>
    requests.some(({ path = "" }) => path.endsWith(`/api/models/${ref.slice("hf:".length)}/discussions`));
  return uses.filter(({ ref, revision = "" }) => !(/^refs\/pr\/\d+$/.test(revision) && isSearched(ref)));
}

function unnamedIn(noted: readonly Noted[], found: ReadonlySet<string>, { mirrors }: Surroundings): UnnamedHost[] {
  const named = new Set(
    noted.flatMap(({ by, host, path }) => (path === undefined || by === "hub" ? [] : [nameOf(host)])),
  );
  const hosts = new Set(
    noted.flatMap(({ host, path }) => (path === undefined && !named.has(nameOf(host)) ? [host] : [])),
  );
  return [...hosts].sort().flatMap((host) => {
    const place = asked(host, "/", mirrors);
    if (place?.kind !== "place") return [{ host }];
    // The bytes of what was asked for by name are no news.
    if (place.isStore && [...found].some((ref) => ref.startsWith(`${place.scheme}:`))) return [];
    return [{ host, what: place.what }];
  });
}

function counted(hosts: readonly string[]): { host: string; requests: number }[] {
  return [...new Set(hosts)].sort().map((host) => ({ host, requests: hosts.filter((other) => other === host).length }));
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, "");
}
