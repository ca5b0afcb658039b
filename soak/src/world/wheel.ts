import { createHash } from "node:crypto";
import type { ArchiveEntry } from "@preload/core";
import { zipSync } from "fflate";

/** A wheel of many small members, and what a manifest promises of it. */
export function wheelOf(members: number, url: string): { wheel: Uint8Array; entry: ArchiveEntry } {
  const contents = Array.from({ length: members }, (_, index) => Buffer.from(`member ${index}\n`.repeat(40)));
  const pathOf = (index: number) => `many/${index}.txt`;
  const wheel = zipSync(Object.fromEntries(contents.map((content, index) => [pathOf(index), content])), { level: 0 });
  const digest = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}` as const;
  const entry: ArchiveEntry = {
    type: "archive",
    format: "wheel",
    path: "",
    url,
    size: wheel.length,
    digest: digest(wheel),
    members: contents.map((content, index) => ({ path: pathOf(index), size: content.length, digest: digest(content) })),
  };
  return { wheel, entry };
}
