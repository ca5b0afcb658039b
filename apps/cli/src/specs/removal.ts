import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { age, size } from "../prune/limits.ts";

/** What takes models out of the caches. */
export const removal: readonly CommandSpec[] = [
  {
    usage: "prune",
    summary: "remove what no lock names any more",
    details:
      "Old revisions, models of projects that are gone, what interrupted runs have left, and blobs that nothing leads to.\nShows it first and asks; where nobody can answer, --yes is needed. Never goes: what the lock of any project names that\nwas installed on this machine (a project whose lock is gone counts no more), what a process is fetching, and what\nPreload did not put there. What was installed by hand stays without --older-than, --max-size or --all. Last used is\nexplained in `preload list --help`. A lock that cannot be read stops it.",
    examples: [
      { line: "preload prune --dry-run", does: "shows what would go, and how much space it frees" },
      {
        line: "preload prune --older-than 30d --yes",
        does: "what was not used for a month, also what was installed by hand",
      },
      { line: "preload prune --max-size 10GB", does: "the least recently used, until the rest needs at most 10 GB" },
    ],
    options: [
      new Option("-y, --yes", "do not ask"),
      new Option("--dry-run", "show what would be removed, and remove nothing"),
      new Option("--older-than <age>", "only models last used longer ago: 12h, 30d, 8w").argParser(age),
      new Option("--max-size <size>", "only as many as it takes for the rest to fit: 500MB, 10GB").argParser(size),
      new Option("--all", "also what was installed by hand"),
    ],
    load: () => import("../commands/prune.ts"),
  },
  {
    usage: "clean [refs...]",
    summary: "remove models from the caches",
    details:
      "Removes what the named models own, by default those of the lock, or without a lock what was installed. Shows it first and asks; where nobody can answer, --yes is needed. What another model or snapshot needs stays, and so does everything that others put there. The config and the lock are not changed: `preload install` brings the models back.",
    examples: [
      { line: "preload clean --dry-run", does: "shows what would go, and how much space it frees" },
      { line: "preload clean hf:facebook/bart-base", does: "one model" },
      { line: "preload clean --yes", does: "without a question" },
    ],
    options: [
      new Option("-y, --yes", "do not ask"),
      new Option("--dry-run", "show what would be removed, and remove nothing"),
      new Option("--all-known", "also what was installed elsewhere or without this lock"),
    ],
    load: () => import("../commands/clean.ts"),
  },
];
