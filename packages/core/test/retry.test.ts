import { describe, expect, test } from "vitest";
import { PreloadError } from "../src/index.ts";
import { jittered, pause, type RetryEvent, type RetryOptions, retrying, waitAskedFor } from "../src/retry.ts";

const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");

describe("how long a server wants us to wait", () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after": " 0 " }, 0],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" }, 30_000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:27:00 GMT" }, 0],
    // A date is compared with the server's own clock, since ours may be wrong.
    [{ "retry-after": "Wed, 21 Oct 2026 09:00:30 GMT", date: "Wed, 21 Oct 2026 09:00:00 GMT" }, 30_000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "soon" }, 30_000],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    // The Hub: https://huggingface.co/docs/hub/rate-limits
    [{ ratelimit: '"api";r=0;t=55' }, 56_000],
    [{ ratelimit: '"api"; r=0; t=55' }, 56_000],
    [{ ratelimit: '"api";r=12;t=55' }, undefined],
    [{ ratelimit: '"api";r=0;t=55', "retry-after": "3" }, 56_000],
  ])("%j: %s milliseconds", (headers, expected) => {
    expect(waitAskedFor(headers, now)).toBe(expected);
  });
});

describe("an answer", () => {
  interface Told {
    readonly status: number;
    readonly headers: Record<string, string>;
  }

  /** Runs attempts that end one after the other in these ways. */
  async function run(ends: readonly (number | Told | Error)[], options: RetryOptions = {}) {
    const events: RetryEvent[] = [];
    let attempts = 0;
    const attempt = async () => {
      const end = ends[attempts];
      attempts += 1;
      if (end instanceof Error) throw end;
      return typeof end === "object" ? end : { status: end ?? 200, headers: {} };
    };
    const outcome = await retrying(attempt, {
      url: "https://models.example/a",
      retryDelays: [0, 0],
      onRetry: (event) => events.push(event),
      ...options,
    }).catch((error: unknown) => error);
    return { outcome, attempts, events };
  }

  test.each([200, 206, 301, 304, 400, 401, 403, 404, 410, 416, 501])(
    "of status %i is taken as it is",
    async (status) => {
      expect(await run([status])).toMatchObject({ attempts: 1, outcome: { status } });
    },
  );

  test.each([408, 429, 500, 502, 503, 504])(
    "of status %i is asked for again, and given back in the end",
    async (status) => {
      expect(await run([status, 200])).toMatchObject({ attempts: 2, outcome: { status: 200 } });
      expect(await run([status, status, status, status])).toMatchObject({ attempts: 3, outcome: { status } });
    },
  );

  test("that a second try may change is tried again, anything else is thrown at once", async () => {
    const network = new PreloadError("NETWORK", "models.example: the connection broke");
    const unknown = new TypeError("a bug");

    expect(await run([network, 200])).toMatchObject({ attempts: 2, outcome: { status: 200 } });
    expect(await run([new PreloadError("STALLED", "x"), 200])).toMatchObject({ attempts: 2 });
    expect(await run([new PreloadError("DISK_FULL", "x"), 200])).toMatchObject({ attempts: 1 });
    expect(await run([Object.assign(network, { retriable: false }), 200])).toMatchObject({
      attempts: 1,
      outcome: network,
    });
    expect(await run([unknown, 200])).toEqual({ attempts: 1, outcome: unknown, events: [] });
  });

  test("that asks for a wait is waited for as long as it asks", async () => {
    const { events } = await run([{ status: 429, headers: { "retry-after": "0" } }, 503, 200], { retryDelays: [4, 4] });

    expect(events).toMatchObject([
      { why: "models.example answers 429", wait: 0, asked: true, host: "models.example", cause: "HTTP 429" },
      { why: "models.example answers 503", asked: false },
    ]);
    expect(events[1]?.wait).toBeLessThanOrEqual(4);
  });

  test("that asks for too long a wait ends the tries", async () => {
    const asking = { status: 429, headers: { "retry-after": "61" } };

    expect(await run([asking, 200], { longestWait: 60_000 })).toMatchObject({
      attempts: 1,
      outcome: { code: "RATE_LIMITED", message: "models.example: answers 429 and wants us to wait 61 seconds" },
    });
  });
});

test("a delay varies between half of it and all of it", () => {
  const delays = Array.from({ length: 200 }, () => jittered(1000));

  expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...delays)).toBeLessThanOrEqual(1000);
  expect(new Set(delays).size).toBeGreaterThan(100);
});

test("a pause ends with the reason of an abort, if that is one of ours", async () => {
  const deadline = new PreloadError("DEADLINE", "not done");

  await expect(pause(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
  await expect(pause(60_000, AbortSignal.abort(deadline))).rejects.toBe(deadline);
});

test("a wait that is longer than a timer can be is not over at once", async () => {
  const stop = new AbortController();
  const over = pause(30 * 24 * 60 * 60 * 1000, stop.signal).then(
    () => "over",
    ({ code }: PreloadError) => code,
  );
  const first = await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 50, "waiting"))]);
  stop.abort();

  expect([first, await over]).toEqual(["waiting", "ABORTED"]);
});
