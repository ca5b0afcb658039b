import { addressesOf, type Http, isLoopback, type Manifest, type Mirror, PreloadError, type Ref } from "@preload/core";
import { askInOrder } from "./ask.ts";
import type { Endpoint } from "./endpoints.ts";
import { readSnapshot } from "./hub.ts";
import { fileUrl, layout, snapshotFolder } from "./layout.ts";
import { parseOptions } from "./options.ts";
import { lackingProbes } from "./probes.ts";
import { readText } from "./read-text.ts";
import { refusal } from "./refusal.ts";
import { type Repo, repoOf } from "./repo.ts";
import { requirementsOf, textsThatRequire } from "./requires.ts";
import { type Contents, treeOf } from "./select/tree.ts";
import { select, targetOf, textsThatDecide } from "./select.ts";
import type { RepoFile, Snapshot } from "./snapshot.ts";

export interface ResolveContext {
  readonly http: Http;
  readonly endpoints: readonly Endpoint[];
  readonly mirrors: readonly Mirror[];
  /** The cache that the entries are for. */
  readonly dir: string;
  /** Whether there is a token at all. */
  readonly hasToken: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the Hub what a ref means today, and says it as entries of its cache. */
export async function resolveRepo(ref: Ref, context: ResolveContext): Promise<Manifest> {
  const repo = repoOf(ref);
  const options = parseOptions(ref, repo.ref);
  const { endpoints, http, signal } = context;
  const snapshot = await askInOrder(endpoints, (endpoint) =>
    readSnapshot(repo, { http, endpoint: endpoint.url, token: seesToken(endpoint, context), signal }),
  );

  const tree = treeOf(repo.ref, snapshot.files);
  const target = targetOf(repo, tree, options);
  const read = reader(repo, snapshot, context);
  const files = select(target, tree, await read(textsThatDecide(target, tree, options)), options);
  if (snapshot.gated) await refuseStranger(repo, snapshot, files, read, context);
  const contents = await read(textsThatRequire.filter((path) => files.some((file) => file.path === path)));

  const { commit, license, gated } = snapshot;
  const lacking = lackingProbes(target, tree);
  return {
    ref: repo.ref,
    options: ref.options,
    revision: commit,
    ...(license === undefined ? {} : { license }),
    ...(gated === undefined ? {} : { gated }),
    path: snapshotFolder({ repo, commit }),
    entries: layout({ repo, commit, files, lacking, alias: options.alias ?? [] }),
    leftOut: { files: snapshot.files.length - files.length, bytes: bytesOf(snapshot.files) - bytesOf(files) },
    requires: requirementsOf(repo, target, tree, contents, { ...options, chosen: files.map(({ path }) => path) }),
  };
}

type Reader = (paths: readonly string[]) => Promise<Contents>;

/** Reads texts of the snapshot, each only once. */
function reader(repo: Repo, { commit, files, gated }: Snapshot, context: ResolveContext): Reader {
  // Whether this user may have a gated one is part of the answer, and only the Hub knows.
  const dir = gated === undefined ? context.dir : undefined;
  const texts = new Map<string, Promise<string>>();
  const token = context.endpoints.some((endpoint) => seesToken(endpoint, context));
  const readOnce = (path: string): Promise<string> => {
    const file = files.find((candidate) => candidate.path === path);
    if (!file) throw new PreloadError("NOT_FOUND", `${repo.ref}: there is no file ${path}`);
    const text = texts.get(path) ?? readText(repo, commit, file, { ...context, dir, token });
    texts.set(path, text);
    return text;
  };
  return async (paths) => new Map(await Promise.all(paths.map(async (path) => [path, await readOnce(path)] as const)));
}

// What a gated repository lists is public, its files are not. Better said before the first large file than after.
async function refuseStranger(
  repo: Repo,
  { commit }: Snapshot,
  files: readonly RepoFile[],
  read: Reader,
  context: ResolveContext,
): Promise<void> {
  const [smallest] = [...files].sort((a, b) => rank(a) - rank(b));
  if (smallest === undefined) return;
  if (smallest.digest.startsWith("git-sha1:")) return void (await read([smallest.path]));
  const { http, mirrors, signal } = context;
  const token = context.endpoints.some((endpoint) => seesToken(endpoint, context));
  await askInOrder(addressesOf(fileUrl(repo, commit, smallest.path), mirrors), async (address) => {
    const answer = await http.get(address, { method: "HEAD", ...(signal ? { signal } : {}) });
    // A signed address at another host may not take a HEAD; that says nothing about access.
    if (answer.headers["x-error-code"] === "GatedRepo") throw refusal({ ...answer, text: "" }, repo, { token });
  });
}

// Small files first, and of these the smallest.
function rank({ digest, size }: RepoFile): number {
  return digest.startsWith("git-sha1:") ? size : size + Number.MAX_SAFE_INTEGER / 2;
}

function seesToken({ url, token }: Endpoint, { hasToken }: ResolveContext): boolean {
  const { protocol, hostname } = new URL(url);
  return hasToken && token && (protocol === "https:" || isLoopback(hostname));
}

function bytesOf(files: readonly RepoFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
