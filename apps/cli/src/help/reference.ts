import type { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { commonOptions } from "../common-options.ts";
import { helpTopics } from "../help-topics.ts";
import { factsOf } from "./option-facts.ts";
import { nameOf } from "./render.ts";

/** The page that tells every command, in Markdown. */
export function cliReference(specs: readonly CommandSpec[]): string {
  return [
    "# The command line",
    "<!-- Written by `npm run reference` in apps/cli, from what `--help` prints. -->",
    "`preload` without a command is `preload install`. Every command takes the [options at the end](#options-of-every-command), prints one JSON document with `--json` (but `exec`, whose output is its command's; `trace` writes it to `--output`), and ends with one of the [exit codes](#exit-codes).",
    specs.map((spec) => `- [\`preload ${nameOf(spec)}\`](#preload-${nameOf(spec)}): ${cell(spec.summary)}`).join("\n"),
    ...specs.map(commandSection),
    "## Options of every command",
    optionTable(commonOptions()),
    "## Exit codes",
    fenced("text", body(helpTopics["exit-codes"])),
    "## Environment",
    fenced("text", body(helpTopics["environment"])),
  ]
    .join("\n\n")
    .concat("\n");
}

function commandSection(spec: CommandSpec): string {
  const { usage, summary, details, examples, aliases = [], options = [] } = spec;
  const width = Math.max(...examples.map(({ line }) => line.length));
  return [
    `## preload ${nameOf(spec)}`,
    `${capital(summary)}.${aliases.length > 0 ? ` Also ${aliases.map((alias) => `\`preload ${alias}\``).join(", ")}.` : ""}`,
    fenced("text", `preload ${usage}`),
    fenced("sh", examples.map(({ line, does }) => `${line.padEnd(width)}  # ${does}`).join("\n")),
    ...(details === undefined ? [] : [details.replaceAll(/(?<!\n)\n(?!\n)/g, " ")]),
    ...(options.length > 0 ? [optionTable(options)] : []),
  ].join("\n\n");
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(factsOf).map(({ flags, does, choices, default: fallback, variable }) => {
    const oneOf = choices.length > 0 ? `: ${choices.map((choice) => `\`${choice}\``).join(", ")}` : "";
    return [`\`${flags}\``, `${does}${oneOf}`, fallback ?? "", variable === undefined ? "" : `\`${variable}\``];
  });
  const table = [["option", "does", "default", "variable"], ["---", "---", "---", "---"], ...rows];
  return table.map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/`([^`]*)`/g, (code) => code.replaceAll("&lt;", "<"));
}

/** A topic without its title. */
function body(topic = ""): string {
  return topic.split("\n").slice(2).join("\n").trimEnd();
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
