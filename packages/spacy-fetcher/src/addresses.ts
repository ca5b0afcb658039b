import type { Mirror } from "@preload/core";

const metadata = "https://raw.githubusercontent.com/explosion/spacy-models/";
const releases = "https://github.com/explosion/spacy-models/releases/download/";

/** Which pipeline fits which spaCy: the list that `spacy download` reads. */
export const compatibilityUrl = `${metadata}master/compatibility.json`;

/** What is known of one release: its licence, its checksums, what it needs. */
export function metaUrl(name: string, version: string): string {
  return `${metadata}master/meta/${name}-${version}.json`;
}

export function wheelUrl(name: string, version: string): string {
  return `${releases}${name}-${version}/${name}-${version}-py3-none-any.whl`;
}

/** One endpoint stands for both hosts: `BASE/master/…` and `BASE/releases/download/…`. */
export function mirrorsAt(endpoints: readonly string[]): readonly Mirror[] {
  const bases = endpoints.map((endpoint) => `${endpoint.replace(/\/+$/, "")}/`);
  return [
    { base: metadata, mirrors: bases },
    { base: releases, mirrors: bases.map((base) => `${base}releases/download/`) },
  ];
}
