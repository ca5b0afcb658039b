import type { OriginRequest } from "@preload/core/testing";

/**
 * What huggingface_hub leaves in a cache and preload does not, with the reason:
 *
 *   .locks/        its locks; a lock of ours would not exclude it, and nothing depends on one
 *   CACHEDIR.TAG   since 1.9, at the root; makes backup and cache tools skip the folder
 *   trees/         since 1.22, the listing of a commit; makes a part of a snapshot count as broken
 */
export const onlyInPythonsTree: readonly RegExp[] = [
  /^\d+ \.locks(?:[/ ]|$)/,
  /^\d+ CACHEDIR\.TAG /,
  /^\d+ [^/]+\/trees(?:[/ ]|$)/,
];

/** Whether the bytes of a file were asked for. */
export function isFileRequest({ method, path }: OriginRequest): boolean {
  return method === "GET" && /\/resolve\/|\/cdn\//.test(path);
}
