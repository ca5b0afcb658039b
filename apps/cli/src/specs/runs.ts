import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { file } from "../flags.ts";
import { age } from "../prune/limits.ts";

const since = new Option("--since <age>", "only runs of this time: 12h, 30d, 8w")
  .argParser(age)
  .default(undefined, "all that are remembered");

/** What tells of earlier runs. */
export const runs: readonly CommandSpec[] = [
  {
    usage: "stats",
    summary: "show what earlier runs found in the caches, and what they fetched",
    details:
      "Of all projects of this machine, as their runs of install, ci, verify and unpack left it in the state directory. The hit rate is that of install and ci: how many of the models that were asked for were there, and how many of their bytes. Time saved is an estimate: the bytes that were there, at the rate at which the runs of this log fetched others; as long as they fetched next to nothing, it is not known. The cache is what the lock of this project names, against the budget of its CI. PRELOAD_RUN_LOG=0, or `runLog: false` in the config, remembers no runs.",
    examples: [
      { line: "preload stats", does: "everything that is remembered" },
      { line: "preload stats --since 30d", does: "the last month" },
      { line: "preload stats --json", does: "for a program" },
    ],
    options: [since],
    load: () => import("../commands/stats.ts"),
  },
  {
    usage: "report",
    summary: "write a page about models and runs, for people",
    details:
      "One file of HTML that needs nothing else: hit rate and bytes over time, sizes by model, the slowest models, what no profile uses, network errors, and the share of the CI's budget. Of the runs of this machine as in `preload stats`, and of the models that are here. Makes no request, and the page makes none.",
    examples: [
      { line: "preload report --html report.html", does: "and open it in a browser" },
      { line: "preload report --html report.html --since 30d", does: "runs of the last month" },
    ],
    options: [new Option("--html <file>", "where the page is written").argParser(file), since],
    load: () => import("../commands/report.ts"),
  },
  {
    usage: "ci-summary",
    summary: "render what the last run did, for the page of a CI job",
    details:
      "Of this project's last run, or of the file that its `--report json FILE` wrote: a table of the models with revision, size, where each came from and how long it took, the hit rate, what was saved, the share of the CI's budget, and what failed. A verify that found nothing wrong is passed over for the run before it. Makes no request, and exits with 0 whatever the run's exit was.",
    examples: [
      { line: 'preload ci-summary >> "$GITHUB_STEP_SUMMARY"', does: "in a step of a workflow" },
      { line: "preload ci-summary --format text", does: "for a log" },
      { line: "preload ci-summary --report models.json", does: "of the run that wrote this file" },
    ],
    options: [
      new Option("--report <file>", "a run, as `--report json FILE` wrote it")
        .argParser(file)
        .default(undefined, "the last run of this project"),
      new Option("--cache-facts <file>", "what the CI knows of its cache: budget, size, and what was restored, as JSON")
        .argParser(file)
        .default(undefined, "the sizes of the lock"),
      new Option("--format <form>", "form of the result")
        .choices(["markdown", "text", "json", "ndjson"])
        .default(undefined, "markdown"),
    ],
    load: () => import("../commands/ci-summary.ts"),
  },
];
