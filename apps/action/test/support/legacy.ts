import type { IncomingMessage } from "node:http";

/** What the older protocol is answered from. */
export interface LegacyStore {
  readonly access: "write" | "read" | "none";
  find(keys: readonly string[], version: string): { readonly key: string; readonly url: string } | undefined;
  /** A number for what is about to be uploaded; nothing, if there is such an entry. */
  reserve(key: string, version: string): number | undefined;
  finish(id: number, archive: Buffer): void;
}

export interface Answer {
  readonly status: number;
  readonly body?: object;
}

const root = "/_apis/artifactcache/";

/** The first version of the protocol of GitHub's cache service, which GitHub Enterprise Server still speaks. */
export function legacy(store: LegacyStore): (message: IncomingMessage, body: Buffer) => Answer | undefined {
  const parts = new Map<string, Map<number, Buffer>>();
  return ({ method, url = "/", headers }, body) => {
    const { pathname, searchParams } = new URL(url, "http://loopback");
    if (!pathname.startsWith(root)) return undefined;
    const [what, id] = pathname.slice(root.length).split("/");
    if (what === "cache") {
      if (store.access === "none") return { status: 403, body: { message: "cache read denied: no scope is readable" } };
      const found = store.find((searchParams.get("keys") ?? "").split(","), searchParams.get("version") ?? "");
      return found ? { status: 200, body: { cacheKey: found.key, archiveLocation: found.url } } : { status: 204 };
    }
    if (what !== "caches") return { status: 404 };
    if (method === "GET") return { status: 200, body: { totalCount: 0, artifactCaches: [] } };
    if (id === undefined) {
      if (store.access !== "write") return { status: 403, body: { message: "cache write denied: only reading" } };
      const { key, version } = JSON.parse(body.toString()) as { key: string; version: string };
      const cacheId = store.reserve(key, version);
      if (cacheId === undefined) return { status: 409, body: { message: `Cache already exists. Key: ${key}` } };
      return { status: 201, body: { cacheId } };
    }
    const uploaded = parts.get(id) ?? new Map<number, Buffer>();
    parts.set(id, uploaded);
    if (method === "PATCH") uploaded.set(Number(/^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1]), body);
    else store.finish(Number(id), Buffer.concat([...uploaded].sort(([a], [b]) => a - b).map(([, part]) => part)));
    return { status: 204 };
  };
}
