import { type PageFacts, reportPage } from "../../src/runs/html/page.ts";
import type { ModelRun, RunRecord } from "../../src/runs/record.ts";
import { statsOf } from "../../src/runs/stats.ts";
import { modelOf, recordOf } from "./records.ts";

const now = Date.UTC(2026, 10, 23, 12);
const hour = 60 * 60 * 1000;

const refs: readonly (readonly [ref: string, bytes: number, profiles: string])[] = [
  ["hf:facebook/bart-large-cnn", 1_630_000_000, "production"],
  ["hf:allenai/led-base-16384", 648_000_000, "production"],
  ["hf:facebook/bart-base", 558_000_000, "test, production"],
  ["whisper:small.en", 484_000_000, "production"],
  ["whisper:base.en", 145_000_000, "test, production"],
  ["hf:sentence-transformers/all-MiniLM-L6-v2", 91_000_000, "test, production"],
  ["whisper:tiny.en", 75_600_000, "test, production"],
  ["spacy:en_core_web_sm", 15_300_000, "test, production"],
];

/** Runs as a project has them: the first fetches everything, then now and then a model is new, or an origin fails. */
function runsOf(number: number, everyHours = 7): RunRecord[] {
  return [...Array(number).keys()].map((index) => {
    const at = new Date(now - (number - 1 - index) * everyHours * hour).toISOString();
    const isBad = index % 23 === 11;
    const models = refs.map(([ref, bytes], at): ModelRun => {
      const isNew = index === 0 || (index * 7 + at * 3) % 41 === 0;
      if (isBad && at === 1) return modelOf({ ref, bytes, source: "failed", error: { code: "NETWORK", message: "" } });
      if (isNew) return modelOf({ ref, bytes, source: "network", fetchedBytes: bytes, milliseconds: bytes / 21_000 });
      return modelOf({ ref, bytes, source: "cache", milliseconds: 20 });
    });
    const fetchedBytes = models.reduce((sum, model) => sum + model.fetchedBytes, 0);
    return recordOf({
      at,
      exitCode: isBad ? 5 : 0,
      models,
      fetchedBytes,
      milliseconds: 120 + fetchedBytes / 35_000,
      requests: fetchedBytes > 0 ? 40 : 0,
      retries: isBad ? 3 : 0,
      errors: isBad ? [{ host: "huggingface.co", cause: "HTTP 503", count: 4 }] : [],
    });
  });
}

const unused = [
  { ref: "hf:openai/whisper-large-v3", bytes: 3_090_000_000, usedBy: "installed by name", lastUsed: "61 days ago" },
  { ref: "hf:facebook/bart-large", bytes: 1_020_000_000, usedBy: "nothing any more", lastUsed: "12 days ago" },
];

const facts = (records: readonly RunRecord[]): PageFacts => ({
  name: "podcast-scraper",
  now,
  stats: statsOf(records),
  cache: { bytes: 3_647_000_000, budget: 10_000_000_000 },
  models: refs.map(([ref, bytes, usedBy]) => ({ ref, bytes, usedBy, lastUsed: "today" })),
  toDrop: unused,
});

const long = `hf:an-organisation-with-a-long-name/${"a-model-whose-name-does-not-end-".repeat(6)}v1`;
const evil = `hf:<script>alert(1)</script>"'><img src=https://example.com/x.png onerror=alert(1)>`;

/** Pages of every kind that somebody may have, by what is special about them. */
export const pages: Readonly<Record<string, string>> = {
  empty: reportPage({ ...facts([]), cache: undefined, models: [], toDrop: [] }),
  "one run": reportPage(facts(runsOf(1))),
  "a month": reportPage(facts(runsOf(60))),
  "1000 runs": reportPage(facts(runsOf(1000))),
  "long names": reportPage({
    ...facts(
      runsOf(12).map((run) => ({
        ...run,
        models: run.models.map((model, index) => ({
          ...model,
          ref: index === 0 ? long : index === 1 ? evil : model.ref,
        })),
        errors: [
          { host: `${"a-long-host-name.".repeat(8)}example:8443`, cause: "ERR_SSL_WRONG_VERSION_NUMBER", count: 12 },
        ],
      })),
    ),
    name: "a-project-".repeat(12),
    cache: { bytes: 13_200_000_000, budget: 10_000_000_000 },
    models: [
      { ref: long, bytes: 9_000_000_000, usedBy: "p".repeat(120), lastUsed: "today" },
      { ref: evil, bytes: 1, usedBy: evil, lastUsed: "-" },
    ],
    toDrop: [{ ref: long, bytes: 9_000_000_000, usedBy: "nothing any more", lastUsed: "-" }],
  }),
};
