import { formatRef, type Http, PreloadError, parseRef, type Ref, type Upstream } from "@preload/core";
import { askInOrder } from "./ask.ts";
import type { Endpoint } from "./endpoints.ts";
import { publicHub } from "./endpoints.ts";
import { type HubOptions, readDate, readStanding } from "./hub.ts";
import { isCommit, type Repo, repoOf, repoPath } from "./repo.ts";

export interface UpstreamContext {
  readonly http: Http;
  readonly endpoints: readonly Endpoint[];
  readonly signal?: AbortSignal | undefined;
}

/** What the Hub tells of these commits of a repository, and of the repository as it is called today. */
export async function askUpstream(ref: Ref, revisions: readonly string[], context: UpstreamContext): Promise<Upstream> {
  const repo = repoOf(ref);
  const commits = [...new Set(revisions)].filter(isCommit);
  const [standing, ...dates] = await Promise.all([
    told(context, (options) => readStanding(repo, options)),
    ...commits.map((commit) => told(context, (options) => readDate(repo, commit, options))),
  ]);
  const known = commits.flatMap((commit, index) => {
    const date = dates[index];
    return date === undefined ? [] : [[commit, date] as const];
  });
  const id = standing?.id;
  const last = commits.at(-1);
  return {
    dates: Object.fromEntries(known),
    ...(id === undefined || id === repo.id ? {} : { renamed: renamed(repo, id) }),
    ...(standing?.gated === undefined ? {} : { gated: standing.gated }),
    remarks: [],
    ...(last === undefined ? {} : { page: `${publicHub}/${repoPath(repo)}/commits/${last}` }),
  };
}

/** What one of the endpoints answers; undefined when none does: these are facts that one can do without. */
async function told<T>(
  { endpoints, http, signal }: UpstreamContext,
  ask: (options: HubOptions) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await askInOrder(endpoints, ({ url }) => ask({ http, endpoint: url, token: false, signal }));
  } catch (error) {
    if (error instanceof PreloadError && error.code !== "ABORTED") return undefined;
    throw error;
  }
}

function renamed(repo: Repo, id: string): string {
  const { revision } = parseRef(repo.ref);
  return formatRef({ scheme: "hf", name: repoPath({ type: repo.type, id }), revision });
}
