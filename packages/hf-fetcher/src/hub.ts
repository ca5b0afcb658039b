import { datasetInfo, listCommits, listFiles, modelInfo, spaceInfo } from "@huggingface/hub";
import { type Http, PreloadError, whatItSaid } from "@preload/core";
import { hubFetch } from "./hub-fetch.ts";
import { filesOf, type TreeEntry } from "./listing.ts";
import { isCommit, type Repo } from "./repo.ts";
import type { Snapshot } from "./snapshot.ts";

export interface HubOptions {
  readonly http: Http;
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Whether a token is sent along, for the wording of a refusal. */
  readonly token: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks one endpoint what a repository holds at the commit its revision means now.
 * The only place that knows the Hub's client library.
 */
export async function readSnapshot(repo: Repo, options: HubOptions): Promise<Snapshot> {
  const request = { hubUrl: options.endpoint, fetch: hubFetch(repo, options) };
  const info = await readInfo(repo, request);
  const { sha: commit, disabled } = info;
  if (disabled === true) throw new PreloadError("NOT_FOUND", `${repo.ref}: the Hub has disabled this repository`);
  if (typeof commit !== "string" || !isCommit(commit) || (isCommit(repo.revision) && commit !== repo.revision)) {
    throw new PreloadError(
      "BAD_ANSWER",
      `${repo.ref}: ${options.endpoint} says its commit is ${whatItSaid(JSON.stringify(commit) ?? "nothing")}`,
      {
        hint: "The endpoint does not speak the Hub's API as it should. Try another one.",
      },
    );
  }

  const entries: TreeEntry[] = [];
  // At the commit and not the branch, so that a push in between cannot mix two versions.
  const tree = listFiles({ ...request, repo: { type: repo.type, name: repo.id }, revision: commit, recursive: true });
  for await (const entry of tree) entries.push(entry);

  const license = licenseOf(info);
  const { gated } = info;
  return {
    commit,
    ...(license === undefined ? {} : { license }),
    ...(gated === "auto" || gated === "manual" ? { gated } : {}),
    files: filesOf(entries, repo.ref),
  };
}

/** The id by which the Hub knows a repository today, and whether it is gated: also where its files may not be seen. */
export async function readStanding(
  repo: Repo,
  options: HubOptions,
): Promise<{ id: string | undefined; gated: "auto" | "manual" | undefined }> {
  const info = await readInfo(repo, { hubUrl: options.endpoint, fetch: hubFetch(repo, options) });
  const { name, gated } = info;
  return {
    id: typeof name === "string" ? name : undefined,
    gated: gated === "auto" || gated === "manual" ? gated : undefined,
  };
}

/** When a commit was made. Undefined when the endpoint does not tell. */
export async function readDate(repo: Repo, commit: string, options: HubOptions): Promise<string | undefined> {
  const request = { hubUrl: options.endpoint, fetch: hubFetch(repo, options) };
  const commits = listCommits({ ...request, repo: { type: repo.type, name: repo.id }, revision: commit, batchSize: 1 });
  for await (const { oid, date } of commits) {
    return oid === commit && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
  }
  return undefined;
}

interface Info {
  /** The id; `id` is something internal. */
  readonly name?: unknown;
  readonly sha?: unknown;
  readonly disabled?: unknown;
  readonly gated?: unknown;
  readonly tags?: unknown;
  readonly cardData?: unknown;
}

async function readInfo(repo: Repo, request: { hubUrl: string; fetch: typeof fetch }): Promise<Info> {
  const params = { ...request, name: repo.id, revision: repo.revision };
  switch (repo.type) {
    case "model":
      return modelInfo({ ...params, additionalFields: ["sha", "disabled", "tags", "cardData"] });
    case "dataset":
      return datasetInfo({ ...params, additionalFields: ["sha", "disabled", "tags", "cardData"] });
    case "space":
      return spaceInfo({ ...params, additionalFields: ["sha", "disabled", "tags", "cardData"] });
  }
}

// The card says more than the tag: `other` has its name beside it.
function licenseOf({ cardData, tags }: Info): string | undefined {
  const card = (cardData ?? {}) as { license?: unknown; license_name?: unknown };
  const named = card.license === "other" && typeof card.license_name === "string" ? card.license_name : card.license;
  if (typeof named === "string") return named;
  if (Array.isArray(named) && named.length > 0) return named.join(", ");
  const tag = Array.isArray(tags) ? tags.find((text) => String(text).startsWith("license:")) : undefined;
  return tag === undefined ? undefined : String(tag).slice("license:".length);
}
