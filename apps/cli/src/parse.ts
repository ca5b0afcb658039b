import { PreloadError } from "@preload/core";
import { Command, CommanderError, Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import { commands } from "./commands.ts";
import { count, dir, endpoint, type Flags, names, rate, seconds, withEnvironment } from "./flags.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

/** Parses a command line and runs what it says. Gives back the exit code. @throws PreloadError `USAGE` */
export async function parse(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [first, about] = argv;
  if (first === "help" && about !== undefined) {
    const { helpTopic } = await import("./help-topics.ts");
    const text = helpTopic(about, ["help", ...commands.flatMap(namesOf)]);
    if (text !== undefined) {
      io.stdout.write(text);
      return 0;
    }
  }
  let exitCode = 0;
  const program = new Command("preload")
    .description("Gets machine-learning models onto a machine before they are needed.")
    .version(version, "-V, --version")
    .helpCommand("help [command]", "what a command does, with examples")
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
    .configureHelp({ sortSubcommands: false })
    .addHelpText("after", "\nMore: preload help exit-codes, preload help environment");
  for (const spec of commands) {
    const command = program.command(spec.usage, { isDefault: spec.isDefault ?? false }).summary(spec.summary);
    for (const alias of spec.aliases ?? []) command.alias(alias);
    // Making the options of every command takes as long as a warm run does otherwise.
    if (!spec.isDefault && ![...namesOf(spec), ...help].some((word) => argv.includes(word))) continue;
    describe(command, spec);
    for (const option of [...(spec.options ?? []), ...commonOptions()]) command.addOption(option);
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
    throw new PreloadError("USAGE", error.message.replace(/^error: /, ""), {
      hint: "preload --help lists what there is.",
    });
  }
}

const help = ["help", "--help", "-h"];

/** `-C app ci` as `ci -C app`: a command is recognized wherever it stands before the first other operand. */
function commandFirst(argv: readonly string[]): string[] {
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

function namesOf({ usage, aliases = [] }: CommandSpec): string[] {
  return [usage.split(" ", 1)[0] ?? usage, ...aliases];
}

function describe(command: Command, { details, examples, summary }: CommandSpec): void {
  const shown = examples.map(({ line, does }) => `  $ ${line}\n      ${does}`).join("\n");
  command.description(`${summary}${details ? `\n\n${details}` : ""}`);
  command.addHelpText("after", `\nExamples:\n${shown}\n\nExit codes: preload help exit-codes`);
}

function commonOptions(): Option[] {
  return [
    new Option("-c, --config <file>", "use this config instead of searching for one"),
    new Option("-C, --cwd <dir>", "run as if started there").argParser(dir),
    new Option("-p, --profile <name>", "a profile of the config; repeat for several").argParser(names),
    new Option("--only <sources>", "only these: whisper, spacy, hf").argParser(names),
    new Option("--cache-root <dir>", "one folder for all caches, instead of where each client looks").argParser(dir),
    new Option(
      "--endpoint <name=url>",
      "a mirror for a source; repeat, or separate with commas, for several",
    ).argParser((text, before: ReturnType<typeof endpoint>[] = []) => [...before, endpoint(text)]),
    new Option("--python <venv>", "the environment whose spaCy the pipelines are for, and which is to find them"),
    new Option("--offline", "use no network; what is missing is an error").conflicts("online"),
    new Option("--online", "fetch although the environment says offline"),
    new Option("-j, --concurrency <n>", "files at once (default: 8)").argParser(count),
    new Option("--timeout <time>", "give up after this long, keeping what came: 90, 10m").argParser(seconds),
    new Option("--stall-timeout <time>", "give up a connection that is silent for this long (default: 30s)").argParser(
      seconds,
    ),
    new Option("--max-rate <rate>", "bytes per second over all transfers: 20M").argParser(rate),
    new Option("--json", "print the result as JSON").conflicts("format"),
    new Option("--format <form>", "form of the result").choices(["text", "json", "ndjson"]),
    new Option("-q, --quiet", "print errors only").conflicts("verbose"),
    new Option("-v, --verbose", "print each file, retry and directory"),
    new Option("--no-progress", "print no bars and no signs of life"),
  ];
}
