import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { reportOption } from "../runs/report-option.ts";

/** What looks at the caches, and changes nothing unless it is asked to. */
export const state: readonly CommandSpec[] = [
  {
    usage: "verify [refs...]",
    summary: "check that the models are there and as promised",
    details:
      "Makes no request, unless --fix is given. Against the lock, or what was installed without one. Quick by default: files\nthat still look as they did when they were last read are trusted. Exits with 3 if something is missing, 4 if\nsomething is not as promised.",
    examples: [
      { line: "preload verify", does: "the models of preload.yaml" },
      { line: "preload verify --deep", does: "read every byte" },
      { line: "preload verify --fix", does: "and fetch what is broken" },
      { line: "preload verify whisper:tiny.en", does: "one model, also without a config" },
    ],
    options: [
      new Option("--deep", "read every file and compare digests"),
      new Option("--fix", "fetch what is broken or missing, and only that"),
      reportOption(),
    ],
    load: () => import("../commands/verify.ts"),
  },
  {
    usage: "list [refs...]",
    aliases: ["ls"],
    summary: "show the models that are known, their size and state",
    details:
      "Across all caches: what this project's lock and config, other projects' locks and earlier installs name, what Preload\nput there and nothing names any more (unused), and, a line for each, what others keep in the same caches. A project is\nknown once it was installed. Last used is the latest of: an install or ci of a project that names it (noted once a\nday), the download, and the last time its largest file was read, as far as the file system notes that. Makes no\nrequest. Exits with 0 whatever the state; `preload verify` is the one that judges.",
    examples: [
      { line: "preload list", does: "every known model" },
      { line: "preload list -v", does: "with each directory, the rule that chose it, and the locks that name it" },
      { line: "preload list -p test --json", does: "one profile, for a program" },
    ],
    load: () => import("../commands/list.ts"),
  },
  {
    usage: "du [refs...]",
    summary: "show what fills the caches, the largest first",
    details:
      "Cache by cache with its total: known models, unused ones, and what others put there. What models share counts once in\nthe totals. Makes no request, and changes nothing: `preload prune` and `preload clean` do.",
    examples: [
      { line: "preload du", does: "everything, in every directory that was installed to" },
      { line: "preload du --only hf --json", does: "one source, for a program" },
    ],
    load: () => import("../commands/du.ts"),
  },
];
