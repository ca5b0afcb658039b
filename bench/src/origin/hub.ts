import { readFileSync } from "node:fs";
import { bytesPath, type Fixture, type FixtureFile, type FixtureRepo } from "../fixture.ts";
import { type Answer, rangeOf } from "./send.ts";

export interface Asked {
  readonly url: URL;
  readonly body: string;
  readonly range: string | undefined;
}

// As the Hub has it.
const pageSize = 1000;

/** The part of the Hub's API that downloads use, answering from memory so that it costs the machine little. */
export function answerAsHub(fixture: Fixture, cdn: string): (asked: Asked) => Answer {
  const repos = new Map(fixture.repos.map((repo) => [repo.id, { ...repo, byPath: byPath(repo) }]));
  const contents = new Map<string, Buffer>();

  return ({ url, body, range }) => {
    const path = decodeURIComponent(url.pathname);
    const [, id = "", what = "", rest = ""] =
      /^\/(?:api\/(?:models|resolve-cache\/models)\/)?(bench\/[\w-]+)\/?(resolve|revision|tree|paths-info|[0-9a-f]{40})?\/?(.*)$/.exec(
        path,
      ) ?? [];
    const repo = repos.get(id);
    if (!repo) return notFound;
    switch (what) {
      case "":
      case "revision":
        return json(infoOf(repo, url));
      case "tree":
        return treePage(repo, url);
      case "paths-info":
        return json(pathsAsked(body).flatMap((asked) => describe(repo.byPath.get(asked)) ?? []));
      case "resolve":
        return resolve(repo, repo.byPath.get(rest.slice(rest.indexOf("/") + 1)), url, cdn);
      default:
        return cached(repo, repo.byPath.get(rest), range);
    }
  };

  /** A small file, at the address that the Hub redirects to. */
  function cached(repo: FixtureRepo, file: FixtureFile | undefined, range: string | undefined): Answer {
    if (!file) return notFound;
    const key = `${repo.id}/${file.path}`;
    const body = contents.get(key) ?? readFileSync(bytesPath(repo.id, file));
    contents.set(key, body);
    const { start, end, status, headers } = rangeOf(range, body.byteLength);
    const all = { "content-type": "text/plain", ...metadata(repo, file), ...headers };
    return { status, headers: all, body: body.subarray(start, end) };
  }
}

function byPath(repo: FixtureRepo): ReadonlyMap<string, FixtureFile> {
  return new Map(repo.files.map((file) => [file.path, file]));
}

/** Since 2025 the Hub redirects small files as well, to a cache of its own; large ones go to a CDN. */
function resolve(repo: FixtureRepo, file: FixtureFile | undefined, url: URL, cdn: string): Answer {
  if (!file) return notFound;
  if (!file.isLarge) {
    const path = `/api/resolve-cache/models/${repo.id}/${repo.commit}/${file.path}`;
    const location = `${path}?${encodeURIComponent(url.pathname)}=&etag=${encodeURIComponent(`"${file.oid}"`)}`;
    return { status: 307, headers: { location, ...metadata(repo, file) } };
  }
  return { status: 302, headers: { location: `${cdn}/blobs/${file.oid}`, ...metadata(repo, file) } };
}

function metadata(repo: FixtureRepo, file: FixtureFile): Record<string, string | number> {
  const etag = `"${file.oid}"`;
  return {
    "x-repo-commit": repo.commit,
    "accept-ranges": "bytes",
    ...(file.isLarge ? { "x-linked-etag": etag, "x-linked-size": file.size } : { etag }),
  };
}

function infoOf({ id, commit, files }: FixtureRepo, url: URL): object {
  const blobs = url.searchParams.get("blobs")?.toLowerCase() === "true";
  const siblings = files.map((file) => ({
    rfilename: file.path,
    ...(blobs ? { size: file.size, blobId: file.oid, ...lfsOf(file) } : {}),
  }));
  const when = "2024-01-01T00:00:00.000Z";
  const all = {
    _id: commit.slice(0, 24),
    id,
    modelId: id,
    sha: commit,
    author: "bench",
    private: false,
    gated: false,
    disabled: false,
    tags: [],
    cardData: {},
    downloads: 0,
    likes: 0,
    lastModified: when,
    createdAt: when,
    siblings,
  };
  const expand = url.searchParams.getAll("expand").concat(url.searchParams.getAll("expand[]"));
  if (expand.length === 0) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => ["_id", "id", ...expand].includes(name)));
}

function treePage({ files }: FixtureRepo, url: URL): Answer {
  const start = Number(url.searchParams.get("cursor") ?? 0);
  const end = start + pageSize;
  const page = files.slice(start, end).map(describe);
  if (end >= files.length) return json(page);
  const next = new URL(url);
  next.searchParams.set("cursor", String(end));
  return json(page, { link: `<${next.href}>; rel="next"` });
}

function describe(file: FixtureFile | undefined): object | undefined {
  return (
    file && {
      type: "file",
      path: file.path,
      size: file.size,
      oid: file.isLarge ? file.oid.slice(0, 40) : file.oid,
      ...lfsOf(file),
    }
  );
}

function lfsOf({ isLarge, oid, size }: FixtureFile): object {
  return isLarge ? { lfs: { oid, sha256: oid, size, pointerSize: 134 } } : {};
}

function pathsAsked(body: string): string[] {
  const { paths = [] } = JSON.parse(body) as { paths?: string | string[] };
  return [paths].flat();
}

function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

const notFound: Answer = { status: 404, headers: { "x-error-code": "EntryNotFound" } };
