import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { pattern } from "@preload/core/testing";
import { closedPort, type Row, type Scene, type Seen, type Twist } from "./network.ts";

const megabyte = 1024 * 1024;

/** Requests for a file that comes without trouble: in ranges of two megabytes and more, when it is large. */
const calm = { small: 1, medium: 1, large: 12 } as const;

/** So many more requests than without trouble. A large file may be in fewer ranges than the most. */
function plus(least: number, most = least): Row["requests"] {
  return {
    small: [calm.small + least, calm.small + most],
    medium: [calm.medium + least, calm.medium + most],
    large: [2 + least, calm.large + most],
  };
}

function exactly(count: number): Row["requests"] {
  return { small: [count, count], medium: [count, count], large: [count, count] };
}

const all = "model.bin";

function within(scene: Scene): number {
  return scene.random.between(1, Math.min(scene.body.size, 2 * megabyte) - 1);
}

function retries(seen: Seen): number {
  return seen.events.filter(({ type }) => type === "retry").length;
}

export const rows: readonly Row[] = [
  {
    fault: "nothing at all",
    outcome: "arrives",
    requests: plus(0),
  },
  {
    fault: "connection refused",
    arrange: async () => ({ url: `http://127.0.0.1:${await closedPort()}/model.bin` }),
    outcome: "NETWORK",
    requests: exactly(0),
  },
  {
    fault: "reset before the answer, twice",
    spoil: ({ origin }) => void origin.fault(all, { type: "reset" }, 2),
    outcome: "arrives",
    requests: plus(2),
  },
  {
    fault: "reset before the answer, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "reset" }),
    outcome: "NETWORK",
    requests: exactly(4),
  },
  {
    fault: "reset somewhere in the middle, twice",
    spoil: (scene) => {
      scene.origin.fault(all, { type: "reset", at: within(scene) }, 1);
      scene.origin.fault(all, { type: "reset", at: within(scene) }, 1);
    },
    outcome: "arrives",
    requests: plus(1, 3),
  },
  {
    fault: "cut somewhere in the middle, twice",
    spoil: (scene) => {
      scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
      scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
    },
    outcome: "arrives",
    requests: plus(1, 3),
  },
  {
    fault: "every answer is cut after 1.5 MiB",
    sizes: ["medium", "large"],
    spoil: ({ origin }) => void origin.fault(all, { type: "cut", at: 1.5 * megabyte }),
    outcome: "arrives",
    requests: { medium: [3, 3], large: [10, 21] },
  },
  {
    fault: "no answer, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "stall" }, 1),
    stallTimeout: 1500,
    outcome: "arrives",
    requests: plus(1),
  },
  {
    fault: "stands still in the middle, once",
    spoil: (scene) => void scene.origin.fault(all, { type: "stall", at: within(scene) }, 1),
    stallTimeout: 1500,
    outcome: "arrives",
    requests: plus(1),
  },
  {
    fault: "no answer, ever",
    spoil: ({ origin }) => void origin.fault(all, { type: "stall" }),
    stallTimeout: 400,
    outcome: "STALLED",
    requests: exactly(4),
  },
  {
    fault: "stands still after 1000 bytes, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "stall", at: 1000 }),
    stallTimeout: 400,
    outcome: "STALLED",
    requests: { small: [4, 4], medium: [4, 4], large: [4, 16] },
  },
  {
    fault: "forty bytes a second, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "slow", bytesPerSecond: 40 }, 1),
    stallTimeout: 1500,
    outcome: "arrives",
    requests: plus(1),
  },
  {
    fault: "forty bytes a second, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "slow", bytesPerSecond: 40 }),
    stallTimeout: 400,
    outcome: "STALLED",
    requests: { small: [4, 4], medium: [4, 4], large: [4, 16] },
  },
  {
    fault: "one byte a second, where silence is forgiven for longer, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "slow", bytesPerSecond: 1 }, 1),
    stallTimeout: 2500,
    outcome: "arrives",
    requests: plus(1),
  },
  {
    fault: "5 bytes longer, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "wrong-length", by: 5 }, 1),
    outcome: "arrives",
    requests: { small: [2, 2], medium: [2, 2], large: [2, 2] },
  },
  {
    fault: "5 bytes longer, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "wrong-length", by: 5 }),
    outcome: "DIGEST_MISMATCH",
    requests: { small: [2, 2], medium: [2, 2], large: [3, 3] },
  },
  {
    fault: "5 bytes shorter, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "wrong-length", by: -5 }),
    outcome: "DIGEST_MISMATCH",
    requests: { small: [2, 2], medium: [2, 2], large: [3, 3] },
  },
  {
    fault: "200 in place of 206",
    spoil: (scene) => {
      scene.origin.fault(all, [{ type: "ignore-range" }, { type: "cut", at: within(scene) }], 1);
      scene.origin.fault(all, { type: "ignore-range" });
    },
    outcome: "arrives",
    requests: { small: [2, 2], medium: [2, 2], large: [2, 3] },
  },
  {
    fault: "416 to every range",
    spoil: (scene) => {
      scene.origin.fault((request) => request.range !== undefined, { type: "range-not-satisfiable" });
      if (scene.size !== "large") scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
    },
    outcome: "arrives",
    requests: { small: [3, 3], medium: [3, 3], large: [2, 2] },
  },
  {
    fault: "a proxy compresses it",
    spoil: ({ origin }) => void origin.fault(all, { type: "gzip" }),
    outcome: "arrives",
    requests: { small: [1, 1], medium: [1, 1], large: [2, 2] },
  },
  {
    fault: "a wrong byte, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "wrong-byte", at: 77 }, 1),
    outcome: "arrives",
    requests: { small: [2, 2], medium: [2, 2], large: [4, 24] },
  },
  {
    fault: "a wrong byte, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "wrong-byte", at: 77 }),
    outcome: "DIGEST_MISMATCH",
    requests: { small: [2, 2], medium: [2, 2], large: [4, 24] },
  },
  {
    fault: "redirects in circles",
    spoil: ({ origin }) => void origin.fault(all, { type: "redirect-loop" }),
    outcome: "NETWORK",
    requests: exactly(11),
  },
  {
    fault: "redirect to another origin, with a token",
    arrange: (scene) => {
      const { origin, cdn } = scene;
      scene.answer((path) =>
        path.startsWith("/signed") ? { body: scene.body } : { status: 302, headers: { location: `${cdn.url}/signed` } },
      );
      const isShown = (to: typeof origin) => to.requests.some(({ headers }) => headers.authorization !== undefined);
      return {
        token: "secret",
        also: () => {
          if (!isShown(origin)) return "the token did not reach its own origin";
          return isShown(cdn) ? "the token was shown to another origin" : undefined;
        },
      };
    },
    outcome: "arrives",
    requests: { small: [2, 2], medium: [2, 2], large: [3, 13] },
  },
  {
    fault: "a signed address expires in the middle (403, then a fresh one)",
    spoil: (scene) => {
      const { cdn, size } = scene;
      let fresh = 1;
      let asked = 0;
      scene.answer((path) => {
        if (!path.startsWith("/signed")) return { status: 302, headers: { location: `${cdn.url}/signed?${fresh}` } };
        asked += 1;
        // The second request is the one that comes too late.
        if (asked === 2) fresh = 2;
        return path.endsWith(`?${fresh}`) ? { body: scene.body } : { status: 403, body: "Request has expired" };
      });
      if (size !== "large") cdn.fault("signed", { type: "cut", at: within(scene) }, 1);
    },
    outcome: "arrives",
    // Without ranges: two for the part, two that were refused, and none of it again.
    requests: { small: [4, 6], medium: [4, 6], large: [5, 24] },
  },
  ...rateLimits(),
  {
    fault: "429, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "status", status: 429, headers: { "retry-after": "0" } }),
    outcome: "RATE_LIMITED",
    requests: exactly(4),
  },
  {
    fault: "429 that asks for an hour",
    spoil: ({ origin }) => void origin.fault(all, { type: "status", status: 429, headers: { "retry-after": "3600" } }),
    outcome: "RATE_LIMITED",
    requests: exactly(1),
  },
  {
    fault: "500, 502 and 503, then better",
    spoil: ({ origin }) => {
      for (const status of [500, 502, 503]) origin.fault(all, { type: "status", status }, 1);
    },
    outcome: "arrives",
    requests: plus(3),
  },
  {
    fault: "503, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "status", status: 503 }),
    outcome: "NETWORK",
    requests: exactly(4),
  },
  {
    fault: "a storm of 5xx and cuts: every other request fails",
    spoil: (scene) => {
      let asked = 0;
      const { origin, random } = scene;
      origin.fault(() => asked++ % 4 === 0, { type: "status", status: random.oneOf([500, 502, 503, 504]) });
      let seen = 0;
      origin.fault(() => seen++ % 3 === 0, { type: "cut", at: 1.2 * megabyte });
    },
    outcome: "arrives",
    requests: { small: [2, 4], medium: [3, 8], large: [6, 48] },
  },
  {
    fault: "404",
    spoil: ({ origin }) => void origin.fault(all, { type: "status", status: 404 }),
    outcome: "NOT_FOUND",
    requests: exactly(1),
  },
  {
    fault: "DNS does not answer (EAI_AGAIN), twice",
    arrange: ({ origin }) => named(origin.port, ["EAI_AGAIN", "EAI_AGAIN"]),
    outcome: "arrives",
    requests: plus(0),
  },
  {
    fault: "DNS says there is no such name",
    arrange: ({ origin }) => named(origin.port, Array<string>(99).fill("ENOTFOUND")),
    outcome: "NETWORK",
    requests: exactly(0),
  },
  {
    fault: "DNS goes away in the middle and comes back",
    arrange: (scene) => {
      scene.origin.fault(all, { type: "reset", at: within(scene) }, 1);
      return named(scene.origin.port, [undefined, "ENOTFOUND", "EAI_AGAIN"]);
    },
    outcome: "arrives",
    requests: plus(1, 2),
  },
  {
    fault: "a captive portal answers, once",
    spoil: ({ origin }) => void origin.fault(all, { type: "html" }, 1),
    outcome: "arrives",
    requests: { small: [2, 2], medium: [2, 2], large: [2, 2] },
  },
  {
    fault: "a captive portal answers, always",
    spoil: ({ origin }) => void origin.fault(all, { type: "html" }),
    outcome: "DIGEST_MISMATCH",
    requests: { small: [2, 2], medium: [2, 2], large: [3, 3] },
  },
  {
    fault: "a pointer of Git LFS in place of the file",
    spoil: ({ origin }) => void origin.fault(all, { type: "lfs-pointer" }),
    outcome: "DIGEST_MISMATCH",
    requests: { small: [2, 2], medium: [2, 2], large: [3, 3] },
  },
  {
    fault: "the file changes between two ranges, and back",
    spoil: (scene) => {
      const other = pattern(scene.body.size, 99);
      let asked = 0;
      scene.answer(() => {
        asked += 1;
        return { body: asked === 2 ? other : scene.body };
      });
      if (scene.size !== "large") scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
    },
    outcome: "arrives",
    requests: { small: [3, 3], medium: [3, 3], large: [4, 24] },
  },
  {
    fault: "the file changes between two ranges, for good",
    spoil: (scene) => {
      const other = pattern(scene.body.size, 99);
      let asked = 0;
      scene.answer(() => {
        asked += 1;
        return { body: asked > 1 ? other : scene.body };
      });
      if (scene.size !== "large") scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
    },
    outcome: "DIGEST_MISMATCH",
    requests: { small: [3, 3], medium: [3, 3], large: [4, 24] },
  },
  {
    fault: "TLS is cut in the middle, twice",
    tls: true,
    spoil: (scene) => {
      scene.origin.fault(all, { type: "cut", at: within(scene) }, 1);
      scene.origin.fault(all, { type: "reset", at: within(scene) }, 1);
    },
    outcome: "arrives",
    requests: plus(1, 3),
  },
];

/** The three ways in which a server says when to come back. */
function rateLimits(): Row[] {
  const ways: [string, () => Record<string, string>][] = [
    ["seconds", () => ({ "retry-after": "1" })],
    ["a date", () => ({ "retry-after": new Date(Date.now() + 2000).toUTCString() })],
    ["the Hub's RateLimit header", () => ({ ratelimit: '"api";r=0;t=0', "retry-after": "60" })],
  ];
  return ways.map(([how, headers]) => ({
    fault: `429 with ${how}, once`,
    arrange: ({ origin }) => {
      origin.fault(all, { type: "status", status: 429, headers: headers() }, 1);
      return {
        also: ({ events, took }) => {
          const [retry] = events.filter((event) => event.type === "retry");
          if (retries({ events, took }) !== 1 || !retry?.asked) return "the wait is not told as asked for";
          return took < retry.wait ? `it came back after ${took} ms, asked for ${retry.wait}` : undefined;
        },
      };
    },
    outcome: "arrives",
    requests: plus(1),
  }));
}

/** A name that is found only when the list says so. */
function named(port: number, answers: readonly (string | undefined)[]): Twist {
  const left = [...answers];
  const lookup: LookupFunction = (_name, options, callback) => {
    const code = left.shift();
    if (code === undefined) return systemLookup("127.0.0.1", options, callback as never);
    const error = Object.assign(new Error(`getaddrinfo ${code} models.example`), { code, syscall: "getaddrinfo" });
    process.nextTick(callback, error, "", 4);
  };
  return { url: `http://models.example:${port}/model.bin`, http: { lookup } };
}
