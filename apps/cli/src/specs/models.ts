import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { reportOption } from "../runs/report-option.ts";

/** What brings models here, and what pins them. */
export const models: readonly CommandSpec[] = [
  {
    usage: "install [refs...]",
    aliases: ["i", "fetch"],
    isDefault: true,
    summary: "fetch what is missing and verify everything",
    details:
      "Without refs: the models of the config's default profiles, or of the built-in profiles `test` and `production`\nwhen there is no config. With a config, the lock is written or completed.",
    examples: [
      { line: "preload", does: "the models of preload.yaml" },
      { line: "preload hf:facebook/bart-base whisper:tiny.en", does: "just these two, without a config" },
      { line: "preload install -p test --only spacy", does: "the spaCy pipelines of one profile" },
    ],
    options: [new Option("--frozen", "take only what the lock says; drift is an error"), reportOption()],
    load: () => import("../commands/install.ts"),
  },
  {
    usage: "ci",
    summary: "install exactly what the lock says",
    details:
      "The lock is the truth: a config that says something else ends with exit 8. Makes no request when all is there.",
    examples: [
      { line: "preload ci", does: "in a CI job or a Dockerfile" },
      { line: "preload ci --report junit models.xml", does: "and a test report with a case for each model" },
    ],
    options: [reportOption()],
    load: () => import("../commands/ci.ts"),
  },
  {
    usage: "plan [refs...]",
    summary: "show what an install would do",
    details:
      "Each model with its size, what is left out of it, what is there already, and what the disk needs; near the end of the CI's budget (ci.budget), their share of it.\nDownloads nothing; asks the network only what the lock does not say.",
    examples: [
      { line: "preload plan", does: "of the models of preload.yaml" },
      { line: "preload plan hf:facebook/bart-large-cnn --json", does: "of one model, for a program" },
      { line: "preload plan --docker", does: "also the layers of an image, and the disk that its build takes" },
    ],
    options: [
      new Option("--frozen", "take only what the lock says; drift is an error"),
      new Option(
        "--docker",
        "also the size of each layer that `preload docker` makes, and what the build needs at most",
      ),
    ],
    load: () => import("../commands/plan.ts"),
  },
  {
    usage: "lock [refs...]",
    summary: "write down what the config means today",
    details:
      "Writes preload.lock beside the config (for one of another name that --config names, like ci.yaml, ci.preload.lock): for every profile the exact revision, files, sizes and digests. What is\nlocked already keeps its revision, unless it is named or --upgrade is given. If a model cannot be resolved, the\nlock stays as it was.",
    examples: [
      { line: "preload lock", does: "lock what is new, drop what is gone" },
      { line: "preload lock hf:facebook/bart-base", does: "move this one to what its branch holds today" },
      { line: "preload lock --check", does: "exit with 8 if the lock would change" },
    ],
    options: [
      new Option("--upgrade", "resolve everything anew"),
      new Option("--check", "write nothing; a lock that would change is an error"),
    ],
    load: () => import("../commands/lock.ts"),
  },
  {
    usage: "outdated [refs...]",
    summary: "show what moved upstream since the lock was written",
    details:
      "For each model the revision that is locked and the one that its ref means today, with dates where the source tells them, bytes, what would be fetched, files that changed, and a license or gating that is another one now. What the config pins to a commit or a version stands still: what its branch holds is told, and counts only with --pinned. Says also when a model is gone, closed or renamed, and when a pipeline is not made for the spaCy that is here. Writes nothing. Exits with 0 whatever it finds; with --check, with 8 when something moved.",
    examples: [
      { line: "preload outdated", does: "every model of the config" },
      { line: "preload outdated hf:facebook/bart-base --json", does: "one model, for a program" },
      { line: "preload outdated --pinned --check", does: "in a nightly job: 8 when something moved" },
    ],
    options: [
      new Option("--pinned", "what the config pins counts as outdated, too"),
      new Option("--check", "exit with 8 unless everything is as its source has it today"),
    ],
    load: () => import("../commands/outdated.ts"),
  },
  {
    usage: "update [refs...]",
    summary: "move pins of the lock to what their refs mean today",
    details:
      "All of them, or the named ones with what they require; every other entry of the lock stays as it is, byte for byte. Shows what changes in the words of `preload outdated`. The config's policy holds. If one model cannot be resolved, the lock stays as it was. What the config itself pins moves only with --pins, which writes the new revisions into the config, too. Fetches nothing: `preload` does.",
    examples: [
      { line: "preload update --dry-run", does: "shows what would change" },
      { line: "preload update hf:facebook/bart-base", does: "one model" },
      { line: "preload update --pins", does: "also the commits and versions that the config names" },
    ],
    options: [
      new Option("--pins", "also move revisions that the config names, in the config and the lock"),
      new Option("--dry-run", "show what would change, and write nothing"),
    ],
    load: () => import("../commands/update.ts"),
  },
];
