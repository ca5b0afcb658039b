import { Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
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
    options: [new Option("--frozen", "take only what the lock says; drift is an error")],
    load: () => import("./commands/install.ts"),
  },
  {
    usage: "ci",
    summary: "install exactly what the lock says",
    details:
      "The lock is the truth: a config that says something else ends with exit 8. Makes no request when all is there.",
    examples: [{ line: "preload ci", does: "in a CI job or a Dockerfile" }],
    load: () => import("./commands/ci.ts"),
  },
  {
    usage: "list [refs...]",
    aliases: ["ls"],
    summary: "show the models that are known, their size and state",
    details:
      "Across all caches: what the lock, the config and earlier installs name, and in one line what else lies there.\nMakes no request. Exits with 0 whatever the state; `preload verify` is the one that judges.",
    examples: [
      { line: "preload list", does: "every known model" },
      { line: "preload list -v", does: "with each directory, the rule that chose it, and what is not ours" },
      { line: "preload list -p test --json", does: "one profile, for a program" },
    ],
    load: () => import("./commands/list.ts"),
  },
];
