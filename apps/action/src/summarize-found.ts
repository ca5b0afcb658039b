import { code, markdownTable } from "../../cli/src/runs/markdown.ts";
import { budgetText } from "../../cli/src/runs/wording.ts";
import { bytes } from "../../cli/src/words.ts";
import type { Job } from "./job.ts";
import { type EntryRun, isHit } from "./outcome.ts";

// A page shows so much, and no more than a megabyte of it is kept.
const most = 200;

/** For the page of the job, where nothing was fetched and so no run is recorded: what of the models the cache has. */
export function foundSummary(runs: readonly EntryRun[], { budget }: Pick<Job, "budget">): string {
  const rows = runs.slice(0, most).map(({ entry, found }) => {
    const [first = "", ...others] = entry.refs;
    const name = others.length === 0 ? code(first) : `${code(first)} and ${others.length} more`;
    return [name, bytes(entry.bytes), words[found.state], code(entry.key)];
  });
  const rest = runs.length > most ? ["", `and ${runs.length - most} more`] : [];
  const table = markdownTable(
    [{ title: "Model" }, { title: "Size", align: "right" }, { title: "Found" }, { title: "Key" }],
    rows,
  );
  const paragraphs = [
    [`### The cache has ${runs.filter(({ found }) => isHit(found)).length} of ${runs.length}; nothing was fetched`],
    [...table, ...rest],
    [`- **Cache:** ${budgetText({ bytes: budget.bytes, budget: budget.limit })}`],
  ];
  return paragraphs.map((lines) => lines.join("\n")).join("\n\n");
}

const words = {
  present: "on this machine",
  exact: "yes",
  older: "an older one",
  bad: "damaged",
  miss: "no",
} as const;
