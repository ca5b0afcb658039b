import { readdir } from "node:fs/promises";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createHttp, type MaterializeEvent, type MaterializeOptions, materialize } from "../src/index.ts";
import { type Fault, type Origin, pattern, serve, tempDir } from "../testing/index.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { serveFiles } from "./support/serve-files.ts";

const body = pattern(3_000_000);
const megabyte = 1024 * 1024;
/** Milliseconds of silence: long enough for an origin on a busy machine, where another answer has to come. */
const stallTimeout = 1000;
/** In ranges. */
const large = pattern(24 * megabyte + 5, 3);

let origin: Origin;
let dir: string;
let told: MaterializeEvent[];

beforeEach(async () => {
  origin = await serveFiles({ "model.pt": body, "large.pt": large });
  dir = await tempDir();
  told = [];
});

function opened(options: { stallTimeout?: number; minimumRate?: number } = {}) {
  const http = createHttp({ machine: { env: {} }, retryDelays: [0], ...options });
  onTestFinished(() => http.close());
  return http;
}

/** Fetches and gives back how it ended. */
async function fetched(options: Partial<MaterializeOptions> = {}, manifest = manifestOf(origin, { "model.pt": body })) {
  const onEvent = (event: MaterializeEvent) => void told.push(event);
  const end = materialize(manifest, { dir, http: opened(), retryDelays: [0, 0], onEvent, ...options });
  return end.then(
    () => "arrived",
    (error: { code?: string }) => error.code,
  );
}

/** What was told but for the bytes. */
function happened(): MaterializeEvent[] {
  return told.filter(({ type }) => type !== "bytes" && type !== "check" && type !== "plan");
}

function types(): string[] {
  return happened().map(({ type }) => type);
}

/** Bytes that are there by what the events before this one say. */
function sumBefore(event: MaterializeEvent | undefined): number {
  const before = told.slice(0, told.indexOf(event as MaterializeEvent));
  return before.reduce((sum, each) => sum + (each.type === "bytes" ? each.bytes : 0), 0);
}

function only<Type extends MaterializeEvent["type"]>(type: Type): Extract<MaterializeEvent, { type: Type }>[] {
  return told.filter((event): event is Extract<MaterializeEvent, { type: Type }> => event.type === type);
}

test("a file without trouble is fetched and placed, and nothing else is told", async () => {
  expect(await fetched()).toBe("arrived");

  expect(types()).toEqual(["fetch", "placed"]);
});

test("a connection that breaks: a retry, which no other event explains, and where it goes on", async () => {
  origin.fault("model.pt", { type: "cut", at: megabyte }, 1);

  expect(await fetched()).toBe("arrived");

  const { host } = new URL(origin.url);
  expect(types()).toEqual(["fetch", "retry", "resume", "placed"]);
  expect(only("retry")).toMatchObject([
    { why: expect.stringContaining(host), wait: 0, asked: false, host, cause: expect.stringMatching(/^E[A-Z_]+$/) },
  ]);
  expect(only("retry")[0]).not.toHaveProperty("after");
  expect(only("resume")).toMatchObject([{ path: "model.pt", from: megabyte, after: "retry" }]);
  expect(sumBefore(only("resume")[0])).toBe(megabyte);
});

test("a connection that stands still: how long, that it is asked again, and where it goes on", async () => {
  origin.fault("model.pt", { type: "stall", at: megabyte }, 1);

  expect(await fetched({ http: opened({ stallTimeout }) })).toBe("arrived");

  const { host } = new URL(origin.url);
  expect(types()).toEqual(["fetch", "stall", "retry", "resume", "placed"]);
  expect(only("stall")).toMatchObject([{ host, came: "nothing", lasted: stallTimeout, wait: 0 }]);
  expect(only("retry")).toMatchObject([{ after: "stall", wait: 0 }]);
  expect(only("resume")).toMatchObject([{ from: megabyte, after: "retry" }]);
});

test("a connection that brings next to nothing is told as one", async () => {
  origin.fault("model.pt", { type: "slow", bytesPerSecond: 40 }, 1);

  expect(await fetched({ http: opened({ stallTimeout, minimumRate: 1000 }) })).toBe("arrived");

  expect(only("stall")).toMatchObject([{ came: "too-little", lasted: stallTimeout, wait: 0 }]);
});

test("the last stall has no wait, and the error follows", async () => {
  origin.fault("model.pt", { type: "stall" });

  expect(await fetched({ http: opened({ stallTimeout: 100 }), retryDelays: [0] })).toBe("STALLED");

  expect(types()).toEqual(["fetch", "stall", "retry", "stall"]);
  expect(only("stall")[1]).not.toHaveProperty("wait");
});

test("a kept connection that falls silent is not asked again in silence", async () => {
  const files = { "a.bin": pattern(2_000_000, 1), "b.bin": pattern(2_000_000, 2) };
  const two = await serveFiles(files);
  two.fault("b.bin", { type: "stall" }, 1);

  const http = opened({ stallTimeout });
  expect(await fetched({ http, concurrency: 1 }, manifestOf(two, files))).toBe("arrived");

  expect(only("stall")).toMatchObject([{ path: "b.bin" }]);
  expect(two.count("b.bin")).toBe(2);
});

describe("an origin that wants less", () => {
  const asking: [string, Fault, object, object][] = [
    [
      "429 with a time",
      { type: "status", status: 429, headers: { "retry-after": "0" } },
      { status: 429, asked: 0, wait: 0 },
      { asked: true },
    ],
    ["429 without", { type: "status", status: 429 }, { status: 429, wait: 0 }, { asked: false }],
    ["503", { type: "status", status: 503 }, { status: 503, wait: 0 }, { asked: false }],
    [
      "500 with a time",
      { type: "status", status: 500, headers: { "retry-after": "0" } },
      { status: 500, asked: 0 },
      { asked: true },
    ],
    [
      "429 with the Hub's header",
      { type: "status", status: 429, headers: { ratelimit: '"api";r=0;t=0' } },
      { status: 429, asked: 1000, wait: 1000 },
      { asked: true },
    ],
  ];

  test.each(asking)("is told with its host, status and wait: %s", async (_, fault, throttle, retry) => {
    origin.fault("model.pt", fault, 1);

    expect(await fetched()).toBe("arrived");

    expect(types()).toEqual(["fetch", "throttle", "retry", "resume", "placed"]);
    expect(only("throttle")).toMatchObject([{ host: new URL(origin.url).host, ...throttle }]);
    expect(only("throttle")[0]).not.toHaveProperty("connections");
    expect(only("retry")).toMatchObject([{ after: "throttle", ...retry }]);
    expect(only("resume")).toMatchObject([{ from: 0, after: "retry" }]);
  });

  test("for longer than we are ready to wait: what it asked for, and no wait", async () => {
    origin.fault("model.pt", { type: "status", status: 429, headers: { "retry-after": "3600" } });

    expect(await fetched()).toBe("RATE_LIMITED");

    expect(types()).toEqual(["fetch", "throttle"]);
    expect(only("throttle")).toMatchObject([{ asked: 3_600_000 }]);
    expect(only("throttle")[0]).not.toHaveProperty("wait");
  });

  test("is not told of one that is out of order", async () => {
    origin.fault("model.pt", { type: "status", status: 500 }, 1);

    expect(await fetched()).toBe("arrived");

    expect(types()).toEqual(["fetch", "retry", "resume", "placed"]);
  });

  test("gets fewer requests for small files, and the event says how many", async () => {
    const files = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}.json`, pattern(1000, at)]));
    const small = await serveFiles(files);
    small.fault("3.json", { type: "status", status: 429 }, 1);

    expect(await fetched({}, manifestOf(small, files))).toBe("arrived");

    expect(only("throttle")).toMatchObject([{ path: "3.json", connections: 16 }]);
  });

  test("gets fewer connections for a large file, and the event says how many", async () => {
    origin.fault("large.pt", { type: "status", status: 429, headers: { "retry-after": "0" } }, 1);

    expect(await fetched({}, manifestOf(origin, { "large.pt": large }))).toBe("arrived");

    expect(types()).toEqual(["fetch", "throttle", "retry", "resume", "placed"]);
    expect(only("throttle")).toMatchObject([{ connections: 1 }]);
  });
});

test("who is silent is told, not who redirected there", async () => {
  const cdn = await serveFiles({ blob: body });
  const hub = await serve(() => ({ status: 302, headers: { location: `${cdn.url}/blob` } }));
  onTestFinished(() => hub.close());
  cdn.fault("blob", { type: "stall", at: megabyte }, 1);

  const manifest = manifestOf(hub, { "model.pt": body });
  expect(await fetched({ http: opened({ stallTimeout }) }, manifest)).toBe("arrived");

  expect(only("stall")).toMatchObject([{ host: new URL(cdn.url).host, url: `${hub.url}/model.pt` }]);
});

describe("what an earlier run has left", () => {
  beforeEach(async () => {
    origin.fault(() => true, { type: "cut", at: 2.5 * megabyte }, 1);
    await fetched({ retryDelays: [] });
    expect(await readdir(dir)).toMatchObject([expect.stringMatching(/\.part$/)]);
    told = [];
  });

  test("is continued, which is told once, before the bytes that come", async () => {
    origin.clear();

    expect(await fetched()).toBe("arrived");

    expect(types()).toEqual(["fetch", "resume", "placed"]);
    const from = 2.5 * megabyte;
    expect(only("fetch")).toMatchObject([{ from }]);
    expect(only("resume")).toMatchObject([{ from, after: "partial" }]);
    expect(sumBefore(only("resume")[0])).toBe(from);
  });

  test("is discarded by an origin that cannot continue, and then there is no resume", async () => {
    origin.clear();
    origin.fault("model.pt", { type: "ignore-range" });

    expect(await fetched()).toBe("arrived");

    expect(types()).toEqual(["fetch", "discard", "placed"]);
  });
});

describe("a large file", () => {
  const manifest = () => manifestOf(origin, { "large.pt": large });

  test("has one stall, one retry and one resume for an outage of all its connections", async () => {
    origin.fault("large.pt", { type: "stall", at: megabyte });
    const onEvent = (event: MaterializeEvent) => {
      told.push(event);
      if (event.type === "retry") origin.clear();
    };

    expect(await fetched({ http: opened({ stallTimeout }), onEvent }, manifest())).toBe("arrived");

    expect(types()).toEqual(["fetch", "stall", "retry", "resume", "placed"]);
    const [resume] = only("resume");
    expect(resume?.from).toBeGreaterThan(0);
    expect(resume?.from).toBeLessThanOrEqual(sumBefore(resume));
  });

  test("continues what an earlier run has left, which is told once", async () => {
    origin.fault("large.pt", { type: "cut", at: 1.5 * megabyte });
    await fetched({ retryDelays: [] }, manifest());
    origin.clear();
    told = [];

    expect(await fetched({}, manifest())).toBe("arrived");

    expect(types()).toEqual(["fetch", "resume", "placed"]);
    expect(only("resume")).toMatchObject([{ from: only("fetch")[0]?.from, after: "partial" }]);
  });
});

test("a time limit is a signal, and told as a deadline", async () => {
  origin.fault("model.pt", { type: "stall" });

  // A slow machine has to have more time before it has asked.
  for (let limit = 100; origin.count("model.pt") === 0; limit *= 2) {
    told = [];
    expect(await fetched({ signal: AbortSignal.timeout(limit) })).toBe("DEADLINE");
  }

  expect(types()).toEqual(["fetch"]);
});

test.each(["model.pt", "large.pt"])("what a listener throws ends the call, of %s", async (name) => {
  const manifest = manifestOf(origin, { [name]: name === "model.pt" ? body : large });
  const onEvent = ({ type }: MaterializeEvent) => {
    if (type === "bytes") throw new Error("enough");
  };

  await expect(materialize(manifest, { dir, http: opened(), onEvent })).rejects.toThrow("enough");
});

test("an answer that never begins brought nothing, not next to nothing", async () => {
  origin.fault("model.pt", { type: "stall" }, 2);

  expect(await fetched({ http: opened({ stallTimeout, minimumRate: 1000 }) })).toBe("arrived");

  expect(only("stall").map(({ came }) => came)).toEqual(["nothing", "nothing"]);
});
