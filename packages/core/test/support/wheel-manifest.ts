import { zipSync } from "fflate";
import type { ArchiveEntry, Entry, Manifest } from "../../src/index.ts";
import { bytes, type Origin, sha256 } from "../../testing/index.ts";
import { manifestOf } from "./manifest-of.ts";

export type Members = Readonly<Record<string, string>>;

/** What a small pipeline's wheel holds. */
export function membersOf(version: string): Members {
  return {
    "tiny/__init__.py": `__version__ = "${version}"\n`,
    [`tiny/tiny-${version}/config.cfg`]: "[nlp]\n".repeat(50),
    [`tiny/tiny-${version}/vocab/strings.json`]: JSON.stringify([version, "cat"]),
    [`tiny-${version}.dist-info/METADATA`]: `Name: tiny\nVersion: ${version}\n`,
  };
}

export function wheelName(version: string): string {
  return `tiny-${version}-py3-none-any.whl`;
}

/** An archive with these members, packed. Any name goes. */
export function wheelOf(members: Members): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(members).map(([path, text]) => [path, Buffer.from(text)])));
}

export interface WheelOptions {
  readonly version: string;
  readonly wheel: Uint8Array;
  /** What the manifest promises of the members. */
  readonly members: Members;
}

/** A manifest as spaCy's is: an archive, an installer's record, and no other version beside it. */
export function wheelManifest(origin: Pick<Origin, "url">, { version, wheel, members }: WheelOptions): Manifest {
  const archive: ArchiveEntry = {
    type: "archive",
    format: "wheel",
    path: "",
    url: `${origin.url}/${wheelName(version)}`,
    size: wheel.length,
    digest: `sha256:${sha256(wheel)}`,
    members: Object.entries(members).map(([path, text]) => ({
      path,
      size: bytes(text).size,
      digest: `sha256:${sha256(text)}`,
    })),
  };
  const entries: Entry[] = [
    archive,
    { type: "absent", path: "", names: ["tiny-*.dist-info"] },
    { type: "text", path: `tiny-${version}.dist-info/INSTALLER`, text: "preload" },
  ];
  return manifestOf(
    origin,
    {},
    { ref: `toy:tiny@${version}`, revision: version, path: `tiny/tiny-${version}`, entries },
  );
}
