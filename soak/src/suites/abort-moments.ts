import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  check,
  createHttp,
  type Fetcher,
  type Http,
  type Machine,
  type Manifest,
  type MaterializeEvent,
  type MaterializeOptions,
  resolveAll,
  throttleTo,
} from "@preload/core";
import { type Body, type Origin, pattern } from "@preload/core/testing";
import { type DemoOrigin, demoCatalog, startDemoOrigin } from "@preload/demo-origin";
import { hf } from "@preload/hf-fetcher";
import { spacy } from "@preload/spacy-fetcher";
import { whisper } from "@preload/whisper-fetcher";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { until } from "../world/until.ts";
import { fixtures } from "../world/user.ts";
import { wheelOf } from "../world/wheel.ts";

export interface Stage {
  readonly dir: string;
  readonly origin: Origin;
  /** What the origin has, by path. */
  readonly bodies: Map<string, Body | Uint8Array>;
  /** What the runs have told so far. */
  readonly told: readonly MaterializeEvent[];
  readonly http: Http;
  readonly signal: AbortSignal;
  run(manifest: Manifest, options?: Partial<MaterializeOptions>): Promise<unknown>;
}

/** Something that takes long and is to be aborted. */
interface Begun {
  /** Never comes to its end by itself, on however fast a machine. */
  readonly work: Promise<unknown>;
  /** From now on it may be aborted. */
  isUnderWay(): boolean;
  /** What the next run has to complete with less than everything. */
  readonly continued?: Manifest;
  /** What somebody else has a right to leave. */
  readonly spares?: RegExp;
  end?(): Promise<unknown>;
}

export interface Moment {
  readonly what: string;
  start(stage: Stage): Begun | Promise<Begun>;
}

const megabyte = 1024 * 1024;
// Below the size from which files come in ranges, and above it.
const medium = pattern(12 * megabyte, 2);
const large = pattern(40 * megabyte, 4);

/** A manifest of one file that the origin has. */
function fileAt({ origin, bodies }: Stage, path: string, body: Body): Manifest {
  bodies.set(path, body);
  return manifestOf([fileEntry(`${origin.url}${path}`, "model.bin", body)]);
}

function received({ told }: Stage): number {
  return told.reduce((sum, event) => sum + (event.type === "bytes" ? event.bytes : 0), 0);
}

function count({ told }: Stage, type: MaterializeEvent["type"]): number {
  return told.filter((event) => event.type === type).length;
}

export const moments: readonly Moment[] = [
  {
    what: "a request for facts that is not answered",
    start({ origin, http, signal }) {
      origin.fault("/never", { type: "stall" });
      return { work: http.get(`${origin.url}/never`, { signal }), isUnderWay: () => origin.count("/never") > 0 };
    },
  },
  {
    what: "finding out what a Hub repository holds",
    start: (stage) => whileAsking(stage, "hf:preload-demo/tiny-bart", "/api/models/"),
  },
  {
    what: "finding out the size of a whisper checkpoint",
    start: (stage) => whileAsking(stage, "whisper:tiny-demo", "/whisper/"),
  },
  {
    what: "reading the list of a spaCy wheel",
    start: (stage) => whileAsking(stage, "spacy:en_demo_core", ".whl"),
  },
  {
    what: "a file in one go",
    start(stage) {
      const manifest = fileAt(stage, "/medium", medium);
      stage.origin.fault("/medium", [
        { type: "slow", bytesPerSecond: 4 * megabyte },
        { type: "stall", at: 8 * megabyte },
      ]);
      return {
        work: stage.run(manifest),
        isUnderWay: () => received(stage) > 2 * megabyte,
        continued: manifest,
      };
    },
  },
  {
    what: "a file in ranges",
    start(stage) {
      const manifest = fileAt(stage, "/large", large);
      // The first two ranges are longer than what comes of them.
      stage.origin.fault("/large", [
        { type: "slow", bytesPerSecond: 4 * megabyte },
        { type: "stall", at: 2.5 * megabyte },
      ]);
      return {
        work: stage.run(manifest),
        isUnderWay: () => received(stage) > 3 * megabyte,
        continued: manifest,
      };
    },
  },
  {
    what: "many small files",
    start(stage) {
      const files = Array.from({ length: 400 }, (_, index) => pattern(20_000 + index, index + 1));
      const entries = files.map((body, index) => {
        stage.bodies.set(`/${index}`, body);
        return fileEntry(`${stage.origin.url}/${index}`, `${index}.json`, body);
      });
      // Those that never come take one place after the other, until none is left for the rest.
      stage.origin.fault(/[05]$/, { type: "stall", at: 10_000 });
      const manifest = manifestOf(entries);
      return { work: stage.run(manifest), isUnderWay: () => count(stage, "placed") >= 40, continued: manifest };
    },
  },
  {
    what: "unpacking an archive",
    start(stage) {
      const { wheel, entry } = wheelOf(4000, `${stage.origin.url}/many-1.0-py3-none-any.whl`);
      stage.bodies.set("/many-1.0-py3-none-any.whl", wheel);
      const manifest: Manifest = { ...manifestOf([]), path: "many", entries: [entry] };
      return {
        work: stage.run(manifest),
        // It has thousands more to write, and is told in the same moment.
        isUnderWay: () => unpacked(stage.dir) > 50,
        continued: manifest,
      };
    },
  },
  {
    what: "a rate that was asked for",
    start(stage) {
      const manifest = fileAt(stage, "/medium", medium);
      return {
        work: stage.run(manifest, { throttle: throttleTo(300_000) }),
        isUnderWay: () => received(stage) > 0,
        continued: manifest,
      };
    },
  },
  {
    what: "a wait between two tries",
    start(stage) {
      stage.origin.fault("/medium", { type: "status", status: 503 });
      return {
        work: stage.run(fileAt(stage, "/medium", medium), { retryDelays: [60_000] }),
        isUnderWay: () => count(stage, "retry") > 0,
      };
    },
  },
  {
    what: "a wait for another transfer of the same file",
    async start(stage) {
      const manifest = fileAt(stage, "/medium", medium);
      stage.origin.fault("/medium", { type: "stall", at: 3 * megabyte });
      const first = new AbortController();
      const other = stage.run(manifest, { signal: first.signal, onEvent: () => {} }).catch(() => {});
      await until("the other has begun", () => stage.origin.count("/medium") > 0);
      return {
        work: stage.run(manifest),
        isUnderWay: () => count(stage, "wait") > 0,
        spares: /\.lease$/,
        end() {
          first.abort();
          return other;
        },
      };
    },
  },
  {
    what: "a deep check",
    async start(stage) {
      const { dir, signal } = stage;
      const manifest = fileAt(stage, "/large", large);
      await stage.run(manifest);
      let reads = 0;
      const onRead = () => {
        reads += 1;
      };
      const again = async () => {
        for (;;) await check(manifest, { dir, depth: "deep", signal, onRead });
      };
      return { work: Promise.all(Array.from({ length: 12 }, again)), isUnderWay: () => reads > 3 };
    },
  },
];

/** How many members of an archive are unpacked so far. */
function unpacked(dir: string): number {
  const [staging] = readdirSync(dir).filter((name) => name.startsWith(".preload-") && !name.endsWith(".lease"));
  if (staging === undefined) return 0;
  try {
    return readdirSync(join(dir, staging, "new", "many")).length;
  } catch {
    return 0; // Not made yet.
  }
}

/** What a model is gets asked of an origin that never answers. */
async function whileAsking({ dir, signal }: Stage, ref: string, path: string): Promise<Begun> {
  const demo = await startDemoOrigin({ catalog: await demoCatalog({ fixtures }) });
  demo.origin.fault(path, { type: "stall" });
  const fetchers = fetchersOf(demo, dir);
  // A checkpoint that OpenAI does not publish is known by its digest alone.
  const options = ref.startsWith("whisper:") ? { sha256: demo.catalog.whisper[0]?.sha256 ?? "" } : {};
  const work = resolveAll([{ ref, options, optional: false }], { fetchers, signal }).then(([resolution]) => {
    if (resolution?.status === "failed") throw resolution.error;
  });
  return { work, isUnderWay: () => demo.origin.count(path) > 0, end: () => demo.close() };
}

function fetchersOf({ endpoints }: DemoOrigin, dir: string): Record<string, Fetcher> {
  const machine: Machine = { platform: process.platform, env: {}, home: dir, cwd: dir };
  const http = createHttp({ machine });
  return {
    hf: hf({ machine, http, endpoints: [{ url: endpoints.hf, token: false }] }),
    whisper: whisper({ machine, http, endpoints: [endpoints.whisper] }),
    spacy: spacy({ machine, http, endpoints: [endpoints.spacy], version: "3.8" }),
  };
}
