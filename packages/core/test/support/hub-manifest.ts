import type { Entry, Manifest } from "../../src/index.ts";
import { type Origin, sha256 } from "../../testing/index.ts";
import { fileEntry, manifestOf } from "./manifest-of.ts";
import type { Files } from "./serve-files.ts";

export const commit = "a265f773a47193eed794233aa2a0f0bb6d3eaa63";
export const repo = "models--org--tiny";

/**
 * A manifest in the layout of the Hub's cache, with every kind of entry that it knows:
 * blobs, links, a marker for a file that does not exist, markers that must not be there, and the ref.
 */
export function hubManifest(origin: Pick<Origin, "url">, files: Files): Manifest {
  const names = Object.keys(files);
  const blobs = new Map(
    names.map((name) => {
      const blob = blobOf(files[name] ?? "");
      return [blob, fileEntry(origin, name, files[name] ?? "", blob)];
    }),
  );
  const links = names.map((name): Entry => {
    const up = "../".repeat(name.split("/").length + 1);
    return { type: "link", path: snapshot(name), target: `${up}blobs/${sha256(files[name] ?? "")}` };
  });
  return manifestOf(origin, files, {
    ref: "toy:org/tiny",
    revision: commit,
    path: `${repo}/snapshots/${commit}`,
    entries: [
      ...blobs.values(),
      ...links,
      { type: "absent", path: `${repo}/.no_exist/${commit}`, names },
      { type: "text", path: `${repo}/.no_exist/${commit}/added_tokens.json`, text: "" },
      { type: "text", path: `${repo}/refs/main`, text: commit },
    ],
  });
}

/** Where the bytes of a file are, relative to the cache. */
export function blobOf(content: Files[string]): string {
  return `${repo}/blobs/${sha256(content)}`;
}

/** Where the client looks for a file, relative to the cache. */
export function snapshot(name: string): string {
  return `${repo}/snapshots/${commit}/${name}`;
}
