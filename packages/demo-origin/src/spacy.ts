import type { Reply } from "@preload/core/testing";
import type { SpacyRelease } from "./catalog.ts";
import type { SignedUrls } from "./signed.ts";

/** Answers as GitHub does for explosion/spacy-models: raw files under `/master`, wheels under `/releases/download`. */
export function answerAsSpacy(path: string, releases: readonly SpacyRelease[], cdn: SignedUrls): Reply | undefined {
  if (path === "/master/compatibility.json") return text({ spacy: compatibility(releases) });
  for (const { name, version, meta, wheel } of releases) {
    const release = `${name}-${version}`;
    if (path === `/master/meta/${release}.json`) return text(meta);
    if (path === `/releases/download/${release}/${release}-py3-none-any.whl`) {
      return { status: 302, headers: { location: cdn.sign(`releases/${release}-py3-none-any.whl`, wheel) } };
    }
  }
  return undefined;
}

type Compatibility = Record<string, Record<string, string[]>>;

/** For each line of spaCy the versions of each pipeline, the best one first. */
function compatibility(releases: readonly SpacyRelease[]): Compatibility {
  const keys = new Set(releases.flatMap(({ spacyKeys }) => spacyKeys));
  return Object.fromEntries(
    [...keys].map((key) => [key, versionsByName(releases.filter(({ spacyKeys }) => spacyKeys.includes(key)))]),
  );
}

function versionsByName(releases: readonly SpacyRelease[]): Record<string, string[]> {
  const newestFirst = (left: string, right: string) => right.localeCompare(left, "en", { numeric: true });
  return Object.fromEntries(
    releases.map(({ name }) => {
      const versions = releases.filter((release) => release.name === name).map(({ version }) => version);
      return [name, versions.sort(newestFirst)];
    }),
  );
}

// raw.githubusercontent.com calls JSON plain text.
function text(value: unknown): Reply {
  return { headers: { "content-type": "text/plain; charset=utf-8" }, body: JSON.stringify(value, undefined, 2) };
}
