import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { dir } from "../flags.ts";
import { size } from "../prune/limits.ts";

const granularity = new Option("--granularity <granularity>", "an entry for each model, or one for all of them")
  .choices(["model", "set"])
  .default(undefined, "ci.granularity of the config, else model");

const workspace = new Option("--workspace <dir>", "what the paths of the CI's cache are relative to")
  .argParser(dir)
  .default(undefined, "the CI's own, else the root of the repository");

const present = new Option(
  "--present",
  "only what is there now, for a job that is about to save it; what has to be there and is not is an error",
);

/** What a CI needs to keep models between its jobs. */
export const ci: readonly CommandSpec[] = [
  {
    usage: "ci-key [refs...]",
    summary: "print the keys under which a CI keeps the models",
    details:
      "One for each model, or with --granularity set one for all of them: a digest over the files that the lock names, and over where they lie, seen from the workspace. Models of the config's profiles, or the named ones. The same models in the same places have the same keys in every workflow and on every system; whatever else changes in the config changes none. Needs the config and the lock and nothing else; makes no request. Without a lock, with one that does not fit the config, or when the models do not fit into the budget, exits with 8; with --present with 3 or 4 unless all is there that has to be.",
    examples: [
      { line: "preload ci-key", does: "one key on each line" },
      { line: "preload ci-key --granularity set -p test", does: "one for all models of a profile" },
      { line: "preload ci-key --explain", does: "what went into each, in words" },
      { line: "preload ci-key --json", does: "with paths and sizes, for a program" },
      {
        line: 'preload ci-key --granularity set --shell github >> "$GITHUB_OUTPUT"',
        does: "as the outputs key and restore-prefix of a step",
      },
    ],
    options: [
      granularity,
      workspace,
      present,
      new Option("--budget <size>", "what the models may take of the CI's cache: 10GB; warns above 60 % of it")
        .argParser(size)
        .default(undefined, "ci.budget of the config, else 10 GB"),
      new Option("--explain", "say what went into each key, in words"),
      new Option("--shell <form>", "as lines for GitHub's outputs, or a file of variables")
        .choices(["github", "dotenv"])
        .conflicts(["json", "format", "explain"]),
    ],
    load: () => import("../commands/ci-key.ts"),
  },
  {
    usage: "ci-paths [refs...]",
    summary: "print the paths that a CI keeps",
    details:
      "For a cache step that is written by hand: the fewest folders and files that hold the models and nothing else, one on each line. A folder is named when the disk has nothing in it that the lock does not reach; with --files each file is. Never a token, a lock file, an unfinished download or another revision. GitLab keeps only what is below the project: there, with paths outside of it, exits with 2. Makes no request. Exits with 8 as ci-key does.",
    examples: [
      { line: "preload ci-paths", does: "folders and files, absolute" },
      { line: "preload ci-paths --relative --cache-root .preload", does: "below the project, as GitLab needs it" },
      { line: "preload ci-paths --files hf:facebook/bart-base", does: "each file of one model" },
      { line: 'preload ci-paths --shell github >> "$GITHUB_OUTPUT"', does: "as the output paths of a step" },
    ],
    options: [
      new Option("--files", "name each file, and no folder"),
      new Option("--relative", "as the workspace sees them, with / on every system"),
      workspace,
      present,
      new Option("--shell <form>", "as lines for GitHub's outputs").choices(["github"]).conflicts(["json", "format"]),
    ],
    load: () => import("../commands/ci-paths.ts"),
  },
];
