import type { Reply } from "@preload/core/testing";
import type { SignedUrls } from "../signed.ts";
import { entryNotFound } from "./answers.ts";
import type { HubCommit, HubRepo } from "./repo.ts";

/** What `/resolve/` answers: a small file itself, or where a large one can be had. */
export function resolve(repo: HubRepo, commit: HubCommit, path: string, cdn: SignedUrls): Reply {
  const file = commit.files.get(path);
  if (!file) return entryNotFound(commit.sha);
  const headers = {
    "x-repo-commit": commit.sha,
    "content-disposition": disposition(path),
  };
  if (!file.lfs)
    return { headers: { ...headers, etag: `"${file.oid}"`, "content-type": "text/plain" }, body: file.body };

  const location = cdn.sign(`repos/${repo.id}/${file.lfs.oid}`, file.body);
  const linked = { "x-linked-etag": `"${file.lfs.oid}"`, "x-linked-size": String(file.size) };
  return { status: 302, headers: { ...headers, ...linked, location }, body: `Found. Redirecting to ${location}` };
}

// A header holds ASCII; the name as it is follows encoded.
function disposition(path: string): string {
  const name = path.split("/").at(-1) ?? "";
  const plain = name.replaceAll(/[^ !#-[\]-~]/g, "?");
  return `inline; filename*=UTF-8''${encodeURIComponent(name)}; filename="${plain}";`;
}
