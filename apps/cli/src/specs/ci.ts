import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { dir } from "../flags.ts";

const granularity = new Option("--granularity <granularity>", "an entry for each model, or one for all of them")
  .choices(["model", "set"])
  .default(undefined, "model");

const workspace = new Option("--workspace <dir>", "what the paths of the CI's cache are relative to")
  .argParser(dir)
  .default(undefined, "the CI's own, else the root of the repository");

/** What a CI needs to keep models between its jobs. */
export const ci: readonly CommandSpec[] = [
  {
    usage: "ci-key [refs...]",
    summary: "print the keys under which a CI keeps the models",
    details:
      "One for each model, or with --granularity set one for all of them: a digest over the files that the lock names, and over where they lie, seen from the workspace. Models of the config's profiles, or the named ones. The same models in the same places have the same keys in every workflow and on every system; whatever else changes in the config changes none. Needs the config and the lock and nothing else; makes no request. Without a lock, or with one that does not fit the config, exits with 8.",
    examples: [
      { line: "preload ci-key", does: "one key on each line" },
      { line: "preload ci-key --granularity set -p test", does: "one for all models of a profile" },
      { line: "preload ci-key --json", does: "with paths and sizes, for a program" },
    ],
    options: [granularity, workspace],
    load: () => import("../commands/ci-key.ts"),
  },
];
