import { posix } from "node:path";
import type { ArchiveEntry, Http, Manifest, MemberSource, OpenAnswer } from "@preload/core";
import { PreloadError } from "@preload/core";
import { piecesOf, type Span } from "./bytes.ts";
import type { Pack } from "./open-pack.ts";
import { leavesOf, rootOf } from "./tree.ts";

/** Where things lie in a pack, by their path below a root. */
export type Places = ReadonlyMap<string, Span>;

/**
 * A pack in the place of the network: it answers the public addresses of one model with what it holds. So whatever is
 * true of an install (nothing has its name before it is verified, a kill leaves what can be continued) is true here.
 */
export function packHttp(pack: Pack, places: Places, manifest: Manifest): Http {
  const spans = new Map(
    leavesOf(manifest).flatMap((leaf) => {
      const span = leaf.type === "file" ? places.get(leaf.path) : undefined;
      return leaf.type === "file" && leaf.content.url !== undefined && span ? [[leaf.content.url, span] as const] : [];
    }),
  );
  const refuse = async (): Promise<never> => {
    throw new PreloadError("MISSING", `${pack.name} does not hold it`);
  };
  const http: Http = {
    get: refuse,
    fetch: refuse,
    async open(url, { headers = {} } = {}) {
      const span = spans.get(url);
      return span ? answer(pack, span, url, headers.range) : refuse();
    },
    explain: (error) => error,
    authorized: () => http,
    inRanges: false,
    close: () => {},
  };
  return http;
}

function answer(pack: Pack, { at, size }: Span, url: string, range: string | undefined): OpenAnswer {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const body = piecesOf(pack.file, { at: at + from, size: size - from }, pack.name);
  return {
    status: from > 0 ? 206 : 200,
    headers: {
      "content-length": `${size - from}`,
      ...(from > 0 ? { "content-range": `bytes ${from}-${size - 1}/${size}` } : {}),
    },
    body: Object.assign(body, { destroy: () => void body.return(undefined) }),
    url,
  };
}

/** Members of archives lie in a pack as they do on the disk. */
export function packMembers(pack: Pack, places: Places, manifests: readonly Manifest[]): MemberSource {
  const roots = new Map<ArchiveEntry, string>();
  for (const manifest of manifests) {
    const root = rootOf(manifest);
    for (const entry of manifest.entries) if (entry.type === "archive") roots.set(entry, root);
  }
  return (entry, { path }) => {
    const span = places.get(posix.join(roots.get(entry) ?? "", entry.path, path));
    if (!span) throw new PreloadError("MISSING", `${pack.name} does not hold ${path}`);
    return piecesOf(pack.file, span, pack.name);
  };
}
