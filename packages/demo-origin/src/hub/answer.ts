import type { OriginRequest, Reply } from "@preload/core/testing";
import type { Catalog } from "../catalog.ts";
import type { SignedUrls } from "../signed.ts";
import { refusal, tokenOf, whoami } from "./access.ts";
import { type Address, addressOf, splitRevision } from "./address.ts";
import { entryNotFound, json, moved, revisionNotFound } from "./answers.ts";
import { infoOf } from "./info.ts";
import { commitAt, type HubCommit, type HubRepo } from "./repo.ts";
import { resolve } from "./resolve.ts";
import { pathsInfo, treeOf } from "./tree.ts";

export interface HubOptions {
  catalog: Catalog;
  cdn: SignedUrls;
  /** Under which the Hub answers, for links to further pages. */
  endpoint: () => string;
  /** Entries of a tree in one answer. */
  pageSize: number;
}

/** Answers as huggingface.co would. The path is relative to the endpoint. */
export function answerAsHub(request: OriginRequest, path: string, options: HubOptions): Reply | undefined {
  const reply = answer(request, new URL(path, "http://hub"), options);
  return reply && { ...reply, headers: { ...rateLimit, ...reply.headers } };
}

// The Hub says this on every reply, also when nothing is wrong.
const rateLimit = {
  ratelimit: '"api";r=999;t=120',
  "ratelimit-policy": '"fixed window";"api";q=1000;w=300',
};

function answer(request: OriginRequest, url: URL, options: HubOptions): Reply | undefined {
  const { repos, tokens } = options.catalog;
  const token = tokenOf(request, tokens);
  if (url.pathname === "/api/whoami-v2") return whoami(token);

  const address = addressOf(url.pathname);
  if (!address) return undefined;
  const repo = repos.find(({ kind, id }) => kind === address.kind && id === address.id);
  const renamed = repo ? undefined : repos.find((candidate) => isFormerly(candidate, address));
  if (renamed) return moved(hubPath(options) + url.pathname.replace(address.id, renamed.id) + url.search);

  const refused = refusal(address, repo, token);
  if (refused || !repo) return refused;
  const { revision, path: inside } = splitRevision(repo, address.rest);
  const commit = commitAt(repo, revision);
  if (!commit) return revisionNotFound(revision);
  switch (address.action) {
    case "info":
      return json(infoOf(repo, commit, url.searchParams));
    case "tree":
      return treePage(commit, inside, url, options);
    case "paths-info":
      return json(pathsInfo(commit, ...pathsAsked(request)));
    case "commits":
      return json(historyOf(repo, commit).slice(0, Number(url.searchParams.get("limit") ?? 100)));
    case "resolve":
      return resolve(repo, commit, inside, options.cdn);
  }
}

/** The commit and those before it, the newest first. Nobody here knows parents: dates stand for them. */
function historyOf(repo: HubRepo, commit: HubCommit): object[] {
  const before = [...repo.commits.values()].filter(({ sha, date }) => sha !== commit.sha && date < commit.date);
  const newestFirst = [...before].sort((one, other) => (one.date < other.date ? 1 : -1));
  const authors = [{ user: "demo", avatar: "" }];
  return [commit, ...newestFirst].map(({ sha, date }) => ({ id: sha, title: "Add files", message: "", authors, date }));
}

function isFormerly(repo: HubRepo, { kind, id }: Address): boolean {
  return repo.kind === kind && (repo.renamedFrom.includes(id) || repo.id.toLowerCase() === id.toLowerCase());
}

function hubPath({ endpoint }: HubOptions): string {
  return new URL(endpoint()).pathname.replace(/\/$/, "");
}

function treePage(commit: HubCommit, path: string, url: URL, options: HubOptions): Reply {
  const isSet = (name: string) => ["true", "1"].includes(url.searchParams.get(name)?.toLowerCase() ?? "");
  const entries = treeOf(commit, { path, recursive: isSet("recursive"), expand: isSet("expand") });
  if (!entries) return entryNotFound(commit.sha);

  // Expanded entries are costly for the Hub, which gives fewer of them at a time.
  const pageSize = isSet("expand") ? Math.ceil(options.pageSize / 20) : options.pageSize;
  const start = Number(url.searchParams.get("cursor") ?? 0);
  const end = start + pageSize;
  const page = entries.slice(start, end);
  if (end >= entries.length) return json(page);
  const next = new URLSearchParams(url.searchParams);
  next.set("cursor", String(end));
  return json(page, { link: `<${options.endpoint()}${url.pathname}?${next}>; rel="next"` });
}

function pathsAsked(request: OriginRequest): [paths: string[], expand: boolean] {
  if (request.headers["content-type"]?.includes("json")) {
    const { paths = [], expand = false } = JSON.parse(request.body) as { paths?: string | string[]; expand?: boolean };
    return [[paths].flat(), expand];
  }
  const form = new URLSearchParams(request.body);
  return [form.getAll("paths"), form.get("expand")?.toLowerCase() === "true"];
}
