import type { Entry, FileEntry, Manifest } from "../../src/index.ts";
import { bytes, type Origin, sha256 } from "../../testing/index.ts";
import type { Files } from "./serve-files.ts";

/** A manifest that wants each file under its name, as whisper's does. */
export function manifestOf(origin: Pick<Origin, "url">, files: Files, more: Partial<Manifest> = {}): Manifest {
  return {
    ref: "toy:tiny",
    options: {},
    revision: "1",
    path: Object.keys(files)[0] ?? "",
    entries: Object.entries(files).map(([name, content]) => fileEntry(origin, name, content)),
    leftOut: { files: 0, bytes: 0 },
    requires: [],
    ...more,
  };
}

export function fileEntry(origin: Pick<Origin, "url">, name: string, content: Files[string], path = name): FileEntry {
  const { size } = typeof content === "object" && "read" in content ? content : bytes(content);
  return { type: "file", path, url: `${origin.url}/${name}`, size, digest: `sha256:${sha256(content)}` };
}

/** A manifest with just these entries. */
export function manifestWith(entries: readonly Entry[]): Manifest {
  return manifestOf({ url: "http://127.0.0.1:1" }, {}, { entries });
}
