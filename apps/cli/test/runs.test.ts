import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { rateOf } from "../src/runs/figures.ts";
import { lastRun } from "../src/runs/last-run.ts";
import type { ModelRun, RunRecord } from "../src/runs/record.ts";
import { markdownSummary, textSummary } from "../src/runs/render-summary.ts";
import { logRun, readRunLog } from "../src/runs/run-log.ts";
import { statsOf } from "../src/runs/stats.ts";
import { summaryOf } from "../src/runs/summary.ts";
import { modelOf, recordOf } from "./support/records.ts";

const day = 24 * 60 * 60 * 1000;
const budget = 10_000_000_000;

describe("the run log", () => {
  test("is read without a line that was cut off, or is none; the one behind it counts", async () => {
    const dir = await tempDir();
    const line = async (host: string) => {
      logRun(dir, recordOf({ errors: [{ host, cause: "HTTP 503", count: 1 }] }));
      return readFile(join(dir, "runs.jsonl"), "utf8");
    };
    const whole = await line("one");
    await writeFile(join(dir, "runs.jsonl"), `nonsense\n{"version":2}\n${whole.slice(0, 60)}${whole}[]\nnull\n`);
    await line("two");

    expect(readRunLog(dir).map(({ errors }) => errors[0]?.host)).toEqual(["one", "two"]);
  });

  test("does not grow without end, and keeps the latest runs", async () => {
    const dir = await tempDir();
    const models = [...Array(2000).keys()].map((index) => modelOf({ ref: `hf:org/model-${index}-${"x".repeat(200)}` }));
    for (let index = 0; index < 40; index += 1) logRun(dir, recordOf({ at: timeAt(index), models }));

    const names = await readdir(dir);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
    expect(names.length).toBeLessThanOrEqual(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000_000);
    expect(readRunLog(dir).at(-1)?.at).toBe(timeAt(39));
    expect(readRunLog(dir).length).toBeGreaterThan(10);
  });
});

const timeAt = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * day).toISOString();

const network = (more: Partial<ModelRun> = {}) =>
  modelOf({ source: "network", fetchedBytes: 1_000_000_000, milliseconds: 50_000, ...more });

describe("the figures", () => {
  test("count what was there of what was asked for: not what is optional, nor out of a pack, nor a verify", () => {
    const models = [
      modelOf({ source: "cache" }),
      network(),
      modelOf({ source: "repaired", fetchedBytes: 250_000_000 }),
      modelOf({ source: "failed" }),
      modelOf({ source: "skipped" }),
      modelOf({ source: "pack", fetchedBytes: 5 }),
    ];

    const { hits } = statsOf([recordOf({ models }), recordOf({ command: "verify", models })]);

    expect(hits).toEqual({ models: 4, hits: 1, bytes: 4_000_000_000, cachedBytes: 1_750_000_000 });
  });

  test("know each project's first run, also when it is older than what was asked for", () => {
    const hit = [modelOf({ source: "cache" })];
    const records = [
      recordOf({ at: timeAt(0), project: "a", models: [network()] }),
      recordOf({ at: timeAt(1), project: "b", models: [network()] }),
      recordOf({ at: timeAt(2), project: "a", models: hit }),
    ];

    expect(statsOf(records).hitsAfterFirst).toMatchObject({ models: 1, hits: 1 });
    expect(statsOf(records, Date.parse(timeAt(1))).hitsAfterFirst).toMatchObject({ models: 1, hits: 1 });
    expect(statsOf(records, Date.parse(timeAt(1))).hits).toMatchObject({ models: 2, hits: 1 });
  });

  test("estimate the time by what this log's own runs have fetched, and by nothing when that is next to nothing", () => {
    const fetching = recordOf({ fetchedBytes: 1_000_000_000, milliseconds: 100_000, models: [network()] });
    const warm = recordOf({ models: [modelOf({ source: "cache" })] });
    const pack = recordOf({ command: "unpack", fetchedBytes: 9_000_000_000, milliseconds: 1 });

    expect(rateOf([fetching, warm, pack])).toEqual({ bytesPerSecond: 10_000_000, bytes: 1_000_000_000, runs: 1 });
    expect(statsOf([fetching, warm]).saved).toMatchObject({ bytes: 1_000_000_000, milliseconds: 100_000 });
    expect(statsOf([warm]).saved).toEqual({ bytes: 1_000_000_000, milliseconds: null, rate: null });
    expect(rateOf([recordOf({ fetchedBytes: 1000, milliseconds: 2000 })])).toBeUndefined();
  });

  test("tell days, gaps among them, and weeks from Monday on when there are many", () => {
    const few = statsOf([recordOf({ at: "2026-11-20T23:59:59.000Z" }), recordOf({ at: "2026-11-23T00:00:00.000Z" })]);
    const many = statsOf([recordOf({ at: "2026-10-01T12:00:00.000Z" }), recordOf({ at: "2026-11-23T00:00:00.000Z" })]);

    expect(few.trend.map(({ from, runs }) => [from, runs])).toEqual([
      ["2026-11-20", 1],
      ["2026-11-21", 0],
      ["2026-11-22", 0],
      ["2026-11-23", 1],
    ]);
    expect(many.trend[0]).toMatchObject({ unit: "week", from: "2026-09-28", runs: 1 });
    expect(many.trend.at(-1)).toMatchObject({ unit: "week", from: "2026-11-23", runs: 1 });
  });
});

describe("the run that a summary is about", () => {
  test.each<[string, Partial<RunRecord>[], number]>([
    ["is the last one", [{ command: "install" }, { command: "ci" }], 1],
    ["is none of another project's", [{ command: "ci" }, { command: "ci", project: "other" }], 0],
    ["is the one before a verify that found nothing", [{ command: "ci" }, { command: "verify" }], 0],
    ["is a verify that failed", [{ command: "ci" }, { command: "verify", exitCode: 4 }], 1],
    ["is a verify when there is nothing else", [{ command: "verify" }], 0],
  ])("%s", (_, parts, index) => {
    const records = parts.map((part) => recordOf(part));

    expect(lastRun(records, "project")).toBe(records[index]);
  });

  test("is none when there is none", () => {
    expect(lastRun([], "project")).toBeUndefined();
  });
});

describe("a summary", () => {
  const record = recordOf({
    exitCode: 5,
    fetchedBytes: 1_000_000_000,
    milliseconds: 50_000,
    requests: 12,
    retries: 3,
    errors: [{ host: "huggingface.co", cause: "HTTP 503", count: 3 }],
    models: [
      modelOf({ ref: "hf:org/large", source: "cache", bytes: 3_000_000_000 }),
      network({ ref: "whisper:small" }),
      modelOf({ ref: "hf:org/gone", source: "failed", error: { code: "NETWORK", message: "cdn: it broke\n  more" } }),
    ],
  });

  test("says what was there, what was saved, and why something is not", () => {
    const facts = {
      size: 6_200_000_000,
      entries: [{ key: "k", refs: ["hf:org/large"], restored: "exact" as const, milliseconds: 2000 }],
    };

    const text = textSummary(summaryOf(record, facts, { budget }));

    expect(text).toBe(
      [
        "2 of 3 models ready; exit 5",
        "",
        "Model          Revision    Size  From       Time",
        "hf:org/large   0123456   3.0 GB  CI cache  2.0 s",
        "whisper:small  0123456   1.0 GB  network    50 s",
        "hf:org/gone    0123456   1.0 GB  failed    0.0 s",
        "",
        "Hit rate: 33 % of models, 60 % of bytes",
        "Saved: 3.0 GB, about 2 min 30 s at 20 MB/s",
        "Fetched: 1.0 GB in 50 s; 12 requests, 3 retries",
        "Cache: 6.2 GB of 10 GB (62 %)",
        "Network errors: huggingface.co HTTP 503 × 3",
        "",
        "Not there:",
        "  hf:org/gone: cdn: it broke",
        "",
      ].join("\n"),
    );
  });

  test("as Markdown is made of nothing that names and messages bring along", () => {
    const evil = "x | y](javascript:1) `code` <img src=x> @team **b** \\|\n\n# head";
    const models = [modelOf({ ref: evil, revision: evil, source: "failed", error: { code: "X", message: evil } })];

    const text = markdownSummary(
      summaryOf(recordOf({ models, errors: [{ host: evil, cause: "`", count: 1 }] }), {}, { budget }),
    );

    const [row = ""] = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(row.split("|")).toHaveLength(7);
    expect(row.match(/`/g)).toHaveLength(4);
    const outsideOfCode = text.replace(/`[^`\n]*`/g, "");
    expect(outsideOfCode).not.toMatch(/(^|[^\\])[<@[]/m);
    expect(text.split("\n").filter((line) => line.startsWith("#"))).toEqual(["### 0 of 1 model ready"]);
  });

  test("of a run that did not come to its models says why", () => {
    const stopped = recordOf({ exitCode: 2, models: [], error: { code: "BAD_CONFIG", message: "preload.yaml:3: no" } });

    expect(markdownSummary(summaryOf(stopped, {}, { budget }))).toMatch(
      /^### preload ci; exit 2\n[\s\S]*preload\.yaml\\:3\\: no/,
    );
  });
});
