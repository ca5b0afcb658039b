import { Help } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { commonOptions } from "../common-options.ts";
import { factsOf, type OptionFacts } from "./option-facts.ts";

const width = 80;

/** The help of one command: how it is used and examples of it first, then what it does and each option. */
export function commandHelp(spec: CommandSpec): string {
  const { usage, summary, details, examples, aliases = [], options = [] } = spec;
  return blocks([
    wrapped(`preload ${nameOf(spec)}: ${summary}`),
    section("Usage", [
      `preload ${usage.replace(" ", " [options] ")}${usage.includes(" ") ? "" : " [options]"}`,
      ...aliases.map((alias) => `preload ${alias}, for short`),
    ]),
    section("Examples", examples.flatMap(exampleLines)),
    wrapped(details ?? ""),
    items("Options", options.map(factsOf).map(optionItem)),
    items("Options of every command", [...commonOptions().map(factsOf).map(optionItem), helpItem]),
    "More: preload help exit-codes, preload help environment",
  ]);
}

/** The help of the program: what there is. */
export function programHelp(specs: readonly CommandSpec[]): string {
  return blocks([
    wrapped("preload: gets machine-learning models onto a machine before they are needed"),
    section("Usage", ["preload [command] [options]"]),
    section(
      "Examples",
      specs.filter(({ isDefault }) => isDefault).flatMap((spec) => spec.examples.flatMap(exampleLines)),
    ),
    items("Commands", [
      ...specs.map((spec) => [[nameOf(spec), ...(spec.aliases ?? [])].join(", "), spec.summary] as const),
      ["help", "what a command does, with examples; or one of exit-codes, environment"],
    ]),
    items("Options", [
      ["-V, --version", "print the version"],
      ["-h, --help", "this; after a command, the options of that command"],
    ]),
    wrapped(
      "Without a command, `preload` installs. The options that every command understands are in `preload help install`.",
    ),
  ]);
}

/** `install` */
export function nameOf({ usage }: Pick<CommandSpec, "usage">): string {
  return usage.split(" ", 1)[0] ?? usage;
}

type Item = readonly [term: string, does: string];

const helpItem: Item = ["-h, --help", "print this"];

function optionItem({ flags, does, choices, default: fallback, variable }: OptionFacts): Item {
  const more = [
    ...(choices.length > 0 ? [`one of ${choices.join(", ")}`] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(variable === undefined ? [] : [variable]),
  ];
  return [flags, more.length === 0 ? does : `${does} (${more.join("; ")})`];
}

function exampleLines({ line, does }: CommandSpec["examples"][number]): string[] {
  return [line, `    ${does}`];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

function items(title: string, list: readonly Item[]): string {
  if (list.length === 0) return "";
  const layout = new Help();
  layout.helpWidth = width;
  const widest = Math.max(...list.map(([term]) => term.length));
  return [title, ...list.map(([term, does]) => layout.formatItem(term, widest, does, layout))].join("\n");
}

/** A single line break in a text is where its source was broken; two make a paragraph. */
function wrapped(text: string): string {
  const layout = new Help();
  return text
    .split(/\n{2,}/)
    .map((paragraph) => layout.boxWrap(paragraph.replaceAll("\n", " "), width))
    .join("\n\n");
}

function blocks(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
