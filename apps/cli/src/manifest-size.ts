import type { Manifest } from "@preload/core";

/** How many files a model has and how many bytes they take, unpacked. */
export function sizeOf(manifest: Manifest): { files: number; bytes: number } {
  const sizes = manifest.entries.flatMap((entry) => {
    switch (entry.type) {
      case "file":
        return [entry.size];
      case "archive":
        return entry.members.map(({ size }) => size);
      case "link":
      case "text":
      case "absent":
        return [];
    }
  });
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
