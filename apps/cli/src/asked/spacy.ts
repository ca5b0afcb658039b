import type { Asked } from "./asked.ts";
import { segmentsOf } from "./segments.ts";

/** spaCy's pipelines: the table of versions, what is known of a release, and the wheels. */
export function askedOfSpacy(address: URL): Asked | undefined {
  const { hostname } = address;
  const [org, repository, ...rest] = segmentsOf(address);
  if (/^(?:objects|release-assets)\.githubusercontent\.com$/.test(hostname))
    return { ...place("the files of a GitHub release"), isStore: true };
  if (org !== "explosion" || repository !== "spacy-models") return undefined;
  if (hostname === "raw.githubusercontent.com") return ofMetadata(rest);
  return hostname === "github.com" ? ofReleases(rest) : undefined;
}

function ofMetadata([, ...path]: readonly string[]): Asked | undefined {
  const [name = "", meta] = path;
  if (name === "compatibility.json") return place("spaCy's table of versions");
  const [ref, revision] = name === "meta" ? release((meta ?? "").replace(/\.json$/, "")) : [];
  return ref === undefined ? undefined : { kind: "model", ref, ...(revision === undefined ? {} : { revision }) };
}

/** `releases/download/<name>-<version>/<file>` */
function ofReleases([releases, download, tag = "", file]: readonly string[]): Asked | undefined {
  const [ref, revision] = releases === "releases" && download === "download" ? release(tag) : [];
  if (ref === undefined || revision === undefined || file === undefined) return undefined;
  return { kind: "file", ref, revision, file };
}

function release(tag: string): readonly [string, string] | readonly [] {
  const [, name, version] = /^([a-z]\w*)-(\d[\w.+]*)$/i.exec(tag) ?? [];
  return name === undefined || version === undefined ? [] : [`spacy:${name}`, version];
}

function place(what: string) {
  return { kind: "place", scheme: "spacy", what } as const;
}
