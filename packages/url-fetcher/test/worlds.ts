import { createHash } from "node:crypto";
import { createHttp, type Fetcher, type Machine, type Manifest, parseRef, type RefOptions } from "@preload/core";
import { type Catalog, type DemoOrigin, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { type FileFetcherOptions, ggml, nltk, tiktoken, torch, url } from "../src/index.ts";

export const builders = { url, tiktoken, nltk, torch, ggml };

export type Scheme = keyof typeof builders;

/** A machine of which nothing is set. */
export const plain: Machine = { platform: "linux", env: {}, home: "/home/ada", cwd: "/srv" };
export const windows: Machine = { ...plain, platform: "win32", home: "C:\\Users\\ada", cwd: "C:\\work" };
export const mac: Machine = { ...plain, platform: "darwin", home: "/Users/ada" };

/** The origin of the demo, or one that has nothing but these files. */
export async function origin(files?: NonNullable<Catalog["files"]>): Promise<DemoOrigin> {
  const started = await startDemoOrigin(
    files ? { catalog: { repos: [], whisper: [], spacy: [], tokens: {}, files } } : {},
  );
  onTestFinished(() => started.close());
  return started;
}

/** A fetcher that asks the origin, and once only. */
export function fetcherFor(scheme: Scheme, demo: DemoOrigin, options: FileFetcherOptions = {}): Fetcher {
  const { machine = plain } = options;
  const endpoint = scheme === "ggml" ? demo.endpoints.hf : demo.endpoints[scheme];
  return builders[scheme]({
    machine,
    endpoints: [endpoint],
    http: createHttp({ machine, retryDelays: [] }),
    ...options,
  });
}

/** What a ref means at an origin. */
export function resolved(fetcher: Fetcher, ref: string, options: RefOptions = {}, known?: Manifest): Promise<Manifest> {
  return fetcher.resolve(parseRef(ref, options), known ? { known } : {});
}

export function digest(kind: "sha256" | "sha1" | "md5", bytes: Uint8Array | string): string {
  return createHash(kind).update(bytes).digest("hex");
}
