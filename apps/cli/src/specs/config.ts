import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { repeated } from "../flags.ts";

/** What changes the config, and what finds out what belongs into it. */
export const config: readonly CommandSpec[] = [
  {
    usage: "add <refs...>",
    summary: "put models into the config and the lock",
    details:
      "Writes them at the end of a profile's list, and leaves every other line, comments too, as it is. The profile is the\none of --profile, or the only one that is meant by default. Without a config, preload.yaml is made. Fetches nothing:\n`preload` does. If a model cannot be resolved, or the policy refuses it, config and lock stay as they were. A\npreload.config.ts or .js is a program: what to write into it is printed, with exit 2.",
    examples: [
      { line: "preload add hf:facebook/bart-base", does: "and lock what its main branch holds today" },
      { line: "preload add whisper:tiny.en spacy:en_core_web_sm -p test", does: "to one of several profiles" },
      { line: "preload add hf:org/model --set revision=v1.0 --set weights=bin", does: "with options" },
      { line: "preload add hf:org/model --set optional=true --dry-run", does: "shows what would change" },
    ],
    options: [
      new Option(
        "--set <name=value>",
        "an option of the models: weights=bin, code=true, size:=100 for JSON; repeat for several, or for a list",
      ).argParser(repeated),
      new Option("--dry-run", "show what would change, and write nothing"),
    ],
    load: () => import("../commands/add.ts"),
  },
  {
    usage: "remove <refs...>",
    aliases: ["rm"],
    summary: "take models out of the config and the lock",
    details:
      "From every profile that lists them, or only from those of --profile. A comment on the same line goes along; all other\nlines stay as they are. The lock keeps what another profile or model needs. Makes no request, and leaves the files in\nthe caches.",
    examples: [
      { line: "preload remove hf:facebook/bart-base", does: "from all profiles" },
      { line: "preload remove whisper:base.en -p production", does: "from one, and those that extend it" },
    ],
    options: [new Option("--dry-run", "show what would change, and write nothing")],
    load: () => import("../commands/remove.ts"),
  },
  {
    usage: "scan [paths...]",
    summary: "find the models that the code uses",
    details:
      "Reads Python, notebooks, JavaScript and TypeScript, and what YAML, TOML, JSON and .env files name, without running\nanything. Names are followed through constants, defaults, attributes and imports; where they end, it says so. With a\nconfig: what it lacks, what it has that nothing uses, and where a revision differs. What .gitignore names, installed\npackages, environments and built files are skipped, unless they are named or included.",
    examples: [
      { line: "preload scan", does: "everything below this folder" },
      { line: "preload scan src notebooks/talk.ipynb", does: "a folder and a file" },
      { line: "preload scan --check --exclude tests/", does: "in CI: exit 8 if the config lacks a model" },
      { line: "preload scan --include build/generated/", does: "also what would be skipped" },
    ],
    options: [
      new Option("--check", "a model that the config lacks, or a revision that differs, is an error"),
      new Option(
        "--include <pattern>",
        "look at this although it would be skipped, as in a .gitignore; repeat",
      ).argParser(repeated),
      new Option("--exclude <pattern>", "leave this out; repeat").argParser(repeated),
    ],
    load: () => import("../commands/scan.ts"),
  },
];
