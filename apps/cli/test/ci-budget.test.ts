import type { Config, Manifest } from "@preload/core";
import { describe, expect, test } from "vitest";
import { type Budget, budgetFor, refuseOverBudget } from "../src/ci/budget.ts";
import type { Cached, Resolved } from "../src/ci/cached-models.ts";
import { droppable } from "../src/ci/droppable.ts";
import { entriesOf, setOf } from "../src/ci/entries.ts";

const config = (ci?: Config["ci"]): { config: Config } => ({
  config: {
    path: "/app/preload.yaml",
    dir: "/app",
    profiles: {
      test: { extends: [], models: [request("whisper:small")] },
      all: { extends: ["test"], models: [request("whisper:large")] },
    },
    default: ["all"],
    aliases: {},
    endpoints: {},
    sections: {},
    policy: { requireCommit: false, licenses: [] },
    ...(ci ? { ci } : {}),
  },
});

test.each([
  [600, "fits"],
  [601, "near"],
  [1000, "near"],
  [1001, "over"],
])("%d bytes of 1000: %s", (taken, verdict) => {
  expect(budgetFor(taken, config(), 1000)).toMatchObject({ share: taken / 1000, verdict });
});

test("the command line decides, then the config, then what GitHub gives", () => {
  const said = config({ budget: "2 GiB" });

  expect(budgetFor(0, said, 5)).toMatchObject({ limit: 5, rule: "--budget" });
  expect(budgetFor(0, said, undefined)).toMatchObject({ limit: 2 ** 31, rule: "ci.budget in /app/preload.yaml" });
  expect(budgetFor(0, config(), undefined)).toMatchObject({ limit: 10e9, rule: "default" });
});

describe("what to drop", () => {
  test("the largest first, with the profiles that have it, or the model that opens it", () => {
    const cached = cachedOf([
      model("whisper:small", 10),
      model("whisper:large", 50),
      model("whisper:base", 40, "whisper:large"),
    ]);

    expect(droppable(cached, config())).toEqual([
      { ref: "whisper:large", bytes: 50, profiles: ["all"], requiredBy: [], left: 50 },
      { ref: "whisper:base", bytes: 40, profiles: [], requiredBy: ["whisper:large"], left: 10 },
      { ref: "whisper:small", bytes: 10, profiles: ["test", "all"], requiredBy: [], left: 0 },
    ]);
  });

  test("as many as one can look through, and a mark where the rest fits", () => {
    const cached = cachedOf(Array.from({ length: 12 }, (_, at) => model(`whisper:m${at}`, 100 - at)));
    const budget: Budget = { limit: 1000, rule: "default", bytes: 1134, share: 1.134, verdict: "over" };

    const refused = () => refuseOverBudget(budget, droppable(cached, config()));

    expect(refused).toThrow(
      expect.objectContaining({
        code: "POLICY",
        message: [
          "the models take 1.1 kB of a cache of 1.0 kB, 134 bytes too much (default)",
          "  largest first      saves  then left  in",
          "  whisper:m0     100 bytes     1.0 kB",
          "  whisper:m1      99 bytes  935 bytes      fits",
          ...Array.from(
            { length: 8 },
            (_, at) => `  whisper:m${at + 2}      ${98 - at} bytes  ${leftAfter(at + 2)} bytes`,
          ),
          "  and 2 smaller ones",
        ].join("\n"),
      }),
    );
  });

  test("what fits is not refused", () => {
    expect(() => refuseOverBudget(budgetFor(1000, config(), 1000), [])).not.toThrow();
  });
});

function leftAfter(last: number): number {
  return Array.from({ length: 12 }, (_, at) => 100 - at)
    .slice(last + 1)
    .reduce((sum, size) => sum + size, 0);
}

function request(ref: string) {
  return { ref, options: {}, optional: false };
}

function model(ref: string, size: number, requiredBy?: string): Resolved {
  const path = `${ref.slice("whisper:".length)}.pt`;
  const digest = `sha256:${Buffer.from(ref).toString("hex").padEnd(64, "0")}` as const;
  const manifest: Manifest = {
    ...{ ref, options: {}, revision: "1", path, leftOut: { files: 0, bytes: 0 }, requires: [] },
    entries: [{ type: "file", path, url: `https://models.example/${path}`, size, digest }],
  };
  const fetcher = { dir: "/home/ada/.cache/whisper" } as Resolved["fetcher"];
  const required = requiredBy === undefined ? [] : [requiredBy];
  return { request: request(ref), ref, requiredBy: required, status: "resolved", fetcher, manifest, from: "lock" };
}

function cachedOf(resolutions: readonly Resolved[]): Cached {
  const locked = resolutions.map(({ manifest, fetcher }) => ({ manifest, fetcher, optional: false }));
  const view = { workspace: "/app", machine: { platform: "linux" } } as const;
  const models = entriesOf(locked, view);
  const workspace = { dir: "/app", rule: "the repository" };
  return {
    ...{ granularity: "model", entries: models, models, set: setOf(locked, view), resolutions, skipped: [], workspace },
  };
}
