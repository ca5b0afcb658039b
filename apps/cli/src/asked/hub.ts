import type { Asked } from "./asked.ts";
import { segmentsOf } from "./segments.ts";

const hosts = ["huggingface.co", "www.huggingface.co", "hf.co", "hub-ci.huggingface.co"];

/** What follows a repository's name in an address, and is followed by a revision. */
const withRevision = [
  "resolve",
  "raw",
  "blob",
  "revision",
  "tree",
  "paths-info",
  "xet-read-token",
  "commits",
  "treesize",
];
const ofFiles = ["resolve", "raw", "blob"];

/** What is asked of the Hub: a file, what a repository holds, or bytes of which nothing says whose they are. */
export function askedOfHub(address: URL): Asked | undefined {
  const { hostname } = address;
  if (hosts.includes(hostname)) return ofHub(segmentsOf(address)) ?? place("the Hub");
  if (hostname.endsWith(".hf.space")) return place("a space of the Hub");
  if (/^(?:router|api-inference)\.huggingface\.co$/.test(hostname)) return place("the Hub's inference service");
  // cdn-lfs.huggingface.co, cas-bridge.xethub.hf.co: digests in place of names.
  if (/\.(?:hf|huggingface)\.co$/.test(hostname)) return { ...place("the Hub's CDN"), isStore: true };
  return undefined;
}

function ofHub([first = "", second = "", ...rest]: readonly string[]): Asked | undefined {
  if (first === "api" && second === "resolve-cache") return ofResolveCache(rest);
  const isApi = first === "api" && /^(?:model|dataset|space)s$/.test(second);
  const found = repositoryIn(isApi ? [second, ...rest] : [first, second, ...rest]);
  // Outside of the API a name alone may as well be a page: `/docs/transformers`.
  if (found === undefined || (!isApi && !withRevision.includes(found.rest[0] ?? ""))) return undefined;
  return ofRepository(found);
}

interface InRepository {
  /** `hf:gpt2`, `hf:datasets/org/name`. */
  readonly ref: string;
  /** What comes after the name: `["resolve", "main", "config.json"]`. */
  readonly rest: readonly string[];
}

/** `/ORG/NAME/…` or `/NAME/…`, with the kind of repository before it where it is no model, and in the API always. */
function repositoryIn(parts: readonly string[]): InRepository | undefined {
  const [, type = "models"] = /^((?:model|dataset|space)s)$/.exec(parts[0] ?? "") ?? [];
  const behind = type === parts[0] ? parts.slice(1) : parts;
  const end = behind.findIndex((part, index) => index > 0 && withRevision.includes(part));
  const [name, rest] = [behind.slice(0, end === -1 ? 2 : end), end === -1 ? behind.slice(2) : behind.slice(end)];
  return isName(name) ? { ref: refOf(type, name), rest } : undefined;
}

function ofRepository({ ref, rest }: InRepository): Asked {
  const [verb = "", revision, ...path] = rest;
  if (!withRevision.includes(verb) || revision === undefined) return { kind: "model", ref };
  if (!ofFiles.includes(verb) || path.length === 0) return { kind: "model", ref, revision };
  return { kind: "file", ref, revision, file: path.join("/") };
}

/** `models/ORG/NAME/COMMIT/FILE`, where the Hub sends those on who asked for a small file. */
function ofResolveCache([type = "", ...parts]: readonly string[]): Asked | undefined {
  const at = parts.findIndex((part, index) => index > 0 && /^[0-9a-f]{40}$/.test(part));
  const [name, revision, path] = [parts.slice(0, at), parts[at], parts.slice(at + 1)];
  if (at === -1 || revision === undefined || path.length === 0 || !isName(name)) return undefined;
  return { kind: "file", ref: refOf(type, name), revision, file: path.join("/") };
}

function refOf(type: string, name: readonly string[]): string {
  return `hf:${[...(type === "models" ? [] : [type]), ...name].join("/")}`;
}

function isName(parts: readonly string[]): boolean {
  return (parts.length === 1 || parts.length === 2) && parts.every((part) => /^\w[\w.-]*$/.test(part));
}

function place(what: string) {
  return { kind: "place", scheme: "hf", what } as const;
}
