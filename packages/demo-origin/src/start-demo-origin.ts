import { type Origin, type OriginRequest, type Reply, type ServeOptions, serve } from "@preload/core/testing";
import type { Catalog } from "./catalog.ts";
import { demoCatalog } from "./demo-catalog.ts";
import { answerAsFiles } from "./files.ts";
import { answerAsHub } from "./hub/answer.ts";
import { type HubRepo, pushed } from "./hub/repo.ts";
import { signedUrls } from "./signed.ts";
import { answerAsSpacy } from "./spacy.ts";
import { answerAsWhisper } from "./whisper.ts";

export interface DemoOriginOptions {
  /** @default any free one */
  port?: number;
  /** @default the small models of this package */
  catalog?: Catalog;
  /** Serves https with this certificate, which must be good for 127.0.0.1 and localhost. */
  tls?: ServeOptions["tls"];
  /** A path under which the Hub answers, as mirrors have it: `/mirror/hf`. @default "" */
  hubPath?: string;
  /** Entries of a tree in one answer. @default 1000 */
  pageSize?: number;
}

export interface Endpoints {
  hf: string;
  whisper: string;
  spacy: string;
  url: string;
  tiktoken: string;
  nltk: string;
  torch: string;
}

/** The places models come from, on loopback. */
export interface DemoOrigin {
  readonly endpoints: Endpoints;
  /** Knows what was asked for, and goes wrong when told to. */
  readonly origin: Origin;
  readonly catalog: Catalog;
  /** Puts a repository in place of the one with its id; old commits stay. */
  push(repo: HubRepo): void;
  /** Takes a repository away, with all of its commits. */
  remove(id: string): void;
  /** Makes every signed URL handed out so far useless. */
  expireSignedUrls(): void;
  close(): Promise<void>;
}

/** Starts the Hub's API, the whisper CDN, spaCy's releases, and a server of plain files. */
export async function startDemoOrigin(options: DemoOriginOptions = {}): Promise<DemoOrigin> {
  const { port = 0, tls, hubPath = "", pageSize = 1000 } = options;
  const catalog = options.catalog ?? (await demoCatalog());
  const endpoint = () => `${origin.url}${hubPath}`;
  // Another name of the same machine, so that clients see another host.
  const cdn = signedUrls(() => origin.url.replace("127.0.0.1", "localhost"));

  const answer = (request: OriginRequest): Reply | undefined => {
    const { path } = request;
    return (
      cdn.answer(request) ??
      within("/whisper", path, (rest) => answerAsWhisper(rest, catalog.whisper)) ??
      within("/spacy", path, (rest) => answerAsSpacy(rest, catalog.spacy, cdn)) ??
      within("/files", path, (rest) => answerAsFiles(rest, catalog.files ?? {})) ??
      within(hubPath, path, (rest) => answerAsHub(request, rest, { catalog, cdn, endpoint, pageSize }))
    );
  };
  const origin = await serve(answer, { port, tls });

  return {
    endpoints: {
      hf: endpoint(),
      whisper: `${origin.url}/whisper`,
      spacy: `${origin.url}/spacy`,
      url: `${origin.url}/files`,
      tiktoken: `${origin.url}/files/openaipublic.blob.core.windows.net`,
      nltk: `${origin.url}/files/raw.githubusercontent.com/nltk/nltk_data/gh-pages`,
      torch: `${origin.url}/files/download.pytorch.org`,
    },
    origin,
    catalog,
    push(repo) {
      const at = catalog.repos.findIndex(({ kind, id }) => kind === repo.kind && id === repo.id);
      if (at < 0) catalog.repos.push(repo);
      else catalog.repos[at] = pushed(catalog.repos[at], repo);
    },
    remove(id) {
      catalog.repos = catalog.repos.filter((repo) => repo.id !== id);
    },
    expireSignedUrls: () => cdn.expire(),
    close: () => origin.close(),
  };
}

function within(base: string, path: string, answer: (rest: string) => Reply | undefined): Reply | undefined {
  return path.startsWith(`${base}/`) ? answer(path.slice(base.length)) : undefined;
}
