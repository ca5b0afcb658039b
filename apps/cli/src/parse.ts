import { PreloadError } from "@preload/core";
import { Command, CommanderError, type HelpConfiguration } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import { commands } from "./commands.ts";
import { commonOptions, optionsOf } from "./common-options.ts";
import { type Flags, withEnvironment } from "./flags.ts";
import type { Io } from "./io.ts";
import { withReportsJoined } from "./runs/report-option.ts";
import { version } from "./version.ts";

/** Parses a command line and runs what it says. Gives back the exit code. @throws PreloadError `USAGE` */
export async function parse(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [first, about] = argv;
  if (first === "help" && argv.some((word) => /^--(json|format)(=|$)/.test(word))) {
    throw new PreloadError("USAGE", "help is a text for people, and has no form for programs", {
      hint: "Leave --json and --format out; docs/cli.md is the same in one file.",
    });
  }
  if (first === "help" && about !== undefined) {
    const { helpTopic } = await import("./help-topics.ts");
    const text = helpTopic(about, ["help", ...commands.flatMap(namesOf)]);
    if (text !== undefined) {
      io.stdout.write(text);
      return 0;
    }
  }
  let exitCode = 0;
  const helpLayout = help.some((word) => argv.includes(word)) ? await layout() : {};
  const program = new Command("preload")
    .version(version, "-V, --version")
    .helpCommand("help [command]", "what a command does, with examples")
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
    .configureHelp(helpLayout);
  for (const spec of commands) {
    const command = program.command(spec.usage, { isDefault: spec.isDefault ?? false });
    for (const alias of spec.aliases ?? []) command.alias(alias);
    // Making the options of every command takes as long as a warm run does otherwise.
    if (!spec.isDefault && ![...namesOf(spec), ...help].some((word) => argv.includes(word))) continue;
    for (const option of optionsOf(spec)) command.addOption(option);
    if (spec.passThrough) command.passThroughOptions();
    command.action(async (...given: unknown[]) => {
      const operands = (given.slice(0, -2) as unknown[]).flat().filter((one) => one !== undefined) as string[];
      const { run } = await spec.load();
      const flags = withEnvironment(command.opts<Flags>(), io.env);
      exitCode = await run({ io, flags, operands, signal });
    });
  }
  try {
    await program.parseAsync(commandFirst(argv), { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw misused(error, argv);
  }
}

/** What the parser says, in our form: the guess belongs to the next step. */
function misused({ message }: CommanderError, argv: readonly string[]): PreloadError {
  const [what = "", guess = ""] = message.replace(/^error: /, "").split("\n");
  const [word = ""] = commandFirst(argv);
  const spec = commands.find((one) => namesOf(one).includes(word)) ?? defaultCommand;
  const name = spec === undefined ? "" : ` ${namesOf(spec)[0]}`;
  const meant = guess === "" ? "" : `${guess.replace(/^\(|\)$/g, "")} `;
  return new PreloadError("USAGE", what, { hint: `${meant}\`preload help${name}\` shows how it is used.` });
}

const help = ["help", "--help", "-h"];

/** Loaded only by those who ask for help. */
async function layout(): Promise<HelpConfiguration> {
  const { commandHelp, programHelp } = await import("./help/render.ts");
  return {
    formatHelp: (command) => {
      const spec = commands.find((one) => namesOf(one)[0] === command.name());
      return spec === undefined ? programHelp(commands) : commandHelp(spec);
    },
  };
}

/** `-C app ci` as `ci -C app`: a command is recognized wherever it stands before the first other operand. */
function commandFirst(argv: readonly string[]): string[] {
  const joined = inOrder(withReportsJoined(argv));
  const spec = commands.find((one) => namesOf(one).includes(joined[0] ?? "")) ?? defaultCommand;
  // Elsewhere `--report` has one word, which may be the name of a form.
  return spec === undefined || reportsInForms.has(namesOf(spec)[0] ?? "") ? joined : inOrder(argv);
}

function inOrder(argv: readonly string[]): string[] {
  const known = new Set(["help", ...commands.flatMap(namesOf)]);
  const takesValue = new Set(
    commonOptions().flatMap(({ required, short, long }) => (required ? [short ?? "", long ?? ""] : [])),
  );
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (known.has(word)) return [word, ...argv.slice(0, index), ...argv.slice(index + 1)];
    if (!word.startsWith("-") || word === "--") break;
    if (takesValue.has(word)) index += 1;
  }
  return [...argv];
}

const defaultCommand = commands.find(({ isDefault }) => isDefault);
const reportsInForms = new Set(["install", "ci", "verify"]);

function namesOf({ usage, aliases = [] }: CommandSpec): string[] {
  return [usage.split(" ", 1)[0] ?? usage, ...aliases];
}
