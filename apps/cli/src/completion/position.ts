import type { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { optionsOf } from "../common-options.ts";
import { fileOfReport } from "../runs/report-option.ts";

/** What the word under the cursor is, and what the words before it have said. */
export interface Position {
  readonly word: string;
  readonly place: Place;
  /** What the options before it say, under their names in camel case, in the order in which they stand there. */
  readonly given: readonly (readonly [name: string, value: string])[];
  readonly operands: readonly string[];
}

type Place =
  /** The first word that is no option: a command, or a model for `install`. */
  | { readonly type: "command" }
  | { readonly type: "operand"; readonly command: CommandSpec }
  | { readonly type: "help" }
  | { readonly type: "option"; readonly options: readonly Option[] }
  /** `before` is the part of the word that stays: `--only=`, or nothing. */
  | { readonly type: "value"; readonly option: Option; readonly before: string }
  /** It belongs to another program, as everything behind `exec --` or `trace --` does. */
  | { readonly type: "passed-on" };

/** Reads a line that is not finished. The last word is the one under the cursor. */
export function positionIn(words: readonly string[], commands: readonly CommandSpec[]): Position {
  const word = words.at(-1) ?? "";
  const given: [string, string][] = [];
  const operands: string[] = [];
  let command: CommandSpec | undefined;
  let isHelp = false;
  let isBehindDashes = false;
  let waiting: Option | undefined;

  const options = () => optionsOf(command ?? commands.find((one) => one.isDefault) ?? {});
  const optionNamed = (name: string) => options().find(({ short, long }) => name === short || name === long);
  for (const before of words.slice(0, -1)) {
    if (waiting) {
      given.push([waiting.attributeName(), before]);
      waiting = fileOfReport(waiting, before);
    } else if (isBehindDashes || isPassedOn(command, operands)) {
      operands.push(before);
    } else if (before === "--") {
      isBehindDashes = true;
    } else if (before.startsWith("-")) {
      const [name = "", value] = splitAtEquals(before);
      const option = optionNamed(name);
      if (!option?.required) given.push([option?.attributeName() ?? name, ""]);
      else if (value === undefined) waiting = option;
      else given.push([option.attributeName(), value]);
    } else if (command === undefined && !isHelp && operands.length === 0 && before === "help") {
      isHelp = true;
    } else {
      const named = command === undefined && !isHelp && operands.length === 0 ? specNamed(before, commands) : undefined;
      if (named) command = named;
      else operands.push(before);
    }
  }

  const place = (): Place => {
    if (waiting) return { type: "value", option: waiting, before: "" };
    if (command?.passThrough && (isBehindDashes || operands.length > 0)) return { type: "passed-on" };
    if (word.startsWith("-") && !isBehindDashes) {
      const [name = "", value] = splitAtEquals(word);
      const option = value === undefined ? undefined : optionNamed(name);
      return option ? { type: "value", option, before: `${name}=` } : { type: "option", options: options() };
    }
    if (isHelp) return { type: "help" };
    if (command) return { type: "operand", command };
    return operands.length > 0 ? operandOfDefault(commands) : { type: "command" };
  };
  return { word, place: place(), given, operands };
}

function isPassedOn(command: CommandSpec | undefined, operands: readonly string[]): boolean {
  return command?.passThrough === true && operands.length > 0;
}

function specNamed(name: string, commands: readonly CommandSpec[]): CommandSpec | undefined {
  return commands.find(({ usage, aliases = [] }) => [usage.split(" ", 1)[0], ...aliases].includes(name));
}

function operandOfDefault(commands: readonly CommandSpec[]): Place {
  const command = commands.find((one) => one.isDefault);
  return command ? { type: "operand", command } : { type: "passed-on" };
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
