import type { HubCommit, HubRepo } from "./repo.ts";

/** What `/api/models/<id>` says, all of it or the parts that `expand` names. */
export function infoOf(repo: HubRepo, commit: HubCommit, query: URLSearchParams): Record<string, unknown> {
  const { id, cardData } = repo;
  const all: Record<string, unknown> = {
    _id: commit.sha.slice(0, 24),
    id,
    modelId: id,
    author: id.split("/").length > 1 ? id.split("/")[0] : null,
    sha: commit.sha,
    lastModified: commit.date,
    createdAt: "2024-01-01T00:00:00.000Z",
    private: repo.private,
    gated: repo.gated,
    disabled: repo.disabled,
    downloads: 0,
    likes: 0,
    tags: tagsOf(cardData),
    pipeline_tag: cardData["pipeline_tag"],
    library_name: cardData["library_name"],
    cardData,
    siblings: siblingsOf(commit, query.get("blobs") === "true" || query.get("blobs") === "True"),
    usedStorage: [...commit.files.values()].reduce((sum, { size }) => sum + size, 0),
  };
  const parts = [...query.getAll("expand"), ...query.getAll("expand[]")];
  if (parts.length === 0) return all;
  return Object.fromEntries(["_id", "id", ...parts].map((part) => [part, all[part]]));
}

function siblingsOf(commit: HubCommit, blobs: boolean): object[] {
  return [...commit.files.values()].map(({ path, size, oid, lfs }) => ({
    rfilename: path,
    ...(blobs && { blobId: oid, size, ...(lfs && { lfs: { sha256: lfs.oid, size, pointerSize: lfs.pointerSize } }) }),
  }));
}

function tagsOf(cardData: Record<string, unknown>): string[] {
  const tags = Array.isArray(cardData["tags"]) ? cardData["tags"].map(String) : [];
  return cardData["license"] === undefined ? tags : [...tags, `license:${cardData["license"]}`];
}
