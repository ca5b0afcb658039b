import { encodings } from "@preload/url-fetcher";
import { names as checkpoints } from "@preload/whisper-fetcher";
import type { Option } from "commander";
import { commands } from "../commands.ts";
import { schemes } from "../fetchers.ts";
import { helpTopics } from "../help-topics.ts";
import type { Io } from "../io.ts";
import { reportForms } from "../runs/report-option.ts";
import { type Candidate, linesFor, type Native } from "./candidate.ts";
import { type Known, knownAt } from "./known.ts";
import { type Position, positionIn } from "./position.ts";
import { completionShells } from "./scripts.ts";

/** What may stand in the place of the last of these words, for a script of ours to offer. Never asks the network. */
export async function complete(words: readonly string[], io: Io): Promise<string> {
  // Some versions of PowerShell drop an argument that is empty, so its script sends two quotes.
  const line = words.map((word) => (word === '""' ? "" : word));
  const position = positionIn(line, commands);
  const { candidates, native } = await offersAt(position, () => knownAt(position, io));
  const fitting = candidates.filter(({ value }) => value.startsWith(position.word));
  return linesFor(fitting, native);
}

interface Offers {
  readonly candidates: readonly Candidate[];
  readonly native?: Native;
}

async function offersAt({ place, word, given, operands }: Position, known: () => Promise<Known>): Promise<Offers> {
  switch (place.type) {
    case "command":
      return { candidates: [...commandNames(), ...newRefs(word, (await known()).refs)] };
    case "help":
      return { candidates: [...commandNames(), ...Object.keys(helpTopics).map((value) => ({ value }))] };
    case "option":
      return { candidates: optionNames(place.options, given) };
    case "value": {
      const { option, before } = place;
      const { candidates, native } = await valuesFor(option, word.slice(before.length), known);
      return {
        candidates: candidates.map(({ value, ...rest }) => ({ value: before + value, ...rest })),
        ...(native ? { native } : {}),
      };
    }
    case "operand": {
      const { usage } = place.command;
      if (usage.startsWith("completion ")) return { candidates: completionShells.map((value) => ({ value })) };
      if (/[[<]paths?\b/.test(usage)) return { candidates: [], native: "files" };
      if (usage.includes("<file>") && operands.length === 0) return { candidates: [], native: "files" };
      if (!/[[<]refs?\b/.test(usage)) return { candidates: [] };
      const { refs } = await known();
      const isAnyModel = /^(install|plan|add) /.test(usage);
      const offered = isAnyModel ? newRefs(word, refs) : refs;
      return { candidates: offered.filter(({ value }) => !operands.includes(value)) };
    }
    case "passed-on":
      return { candidates: [], native: "command" };
  }
}

function commandNames(): Candidate[] {
  const names = commands.map(({ usage, summary }) => ({ value: usage.split(" ", 1)[0] ?? usage, does: summary }));
  return [...names, { value: "help", does: "what a command does, with examples" }];
}

/** Also models that nobody here has asked for: those whose names are few, or else how a ref begins. */
function newRefs(word: string, refs: readonly Candidate[]): Candidate[] {
  const few: Readonly<Record<string, readonly string[]>> = { whisper: checkpoints, tiktoken: Object.keys(encodings) };
  const scheme = word.slice(0, word.indexOf(":"));
  const names = Object.hasOwn(few, scheme) ? few[scheme] : undefined;
  if (names) {
    const others = names.map((name) => ({ value: `${scheme}:${name}` }));
    return [...refs, ...others.filter(({ value }) => !refs.some((ref) => ref.value === value))];
  }
  return word !== "" && !word.includes(":")
    ? [...refs, ...schemes.map((scheme) => ({ value: `${scheme}:` }))]
    : [...refs];
}

/** Long names only: who knows a short one types it. An option that can be said once is offered once. */
function optionNames(options: readonly Option[], given: Position["given"]): Candidate[] {
  const said = new Set(given.map(([name]) => name));
  const isLeft = (option: Option) => option.parseArg !== undefined || !said.has(option.attributeName());
  return [
    ...options.filter(isLeft).flatMap(({ long, description }) => (long ? [{ value: long, does: description }] : [])),
    { value: "--help", does: "print what the command does" },
  ];
}

async function valuesFor(option: Option, written: string, known: () => Promise<Known>): Promise<Offers> {
  if (option.argChoices) return { candidates: option.argChoices.map((value) => ({ value })) };
  const [, placeholder = ""] = /[<[]([\w=]+)/.exec(option.flags) ?? [];
  switch (placeholder) {
    case "name":
      return { candidates: option.attributeName() === "profile" ? listed(written, (await known()).profiles) : [] };
    case "sources":
      return {
        candidates: listed(
          written,
          schemes.map((value) => ({ value })),
        ),
      };
    case "form":
      return { candidates: reportForms.map((value) => ({ value })) };
    case "ref":
    case "refs":
      return { candidates: (await known()).refs };
    case "file":
    case "path":
      return { candidates: [], native: "files" };
    case "dir":
    case "venv":
      return { candidates: [], native: "dirs" };
    default:
      return { candidates: placeholder === "name=url" ? schemes.map((scheme) => ({ value: `${scheme}=` })) : [] };
  }
}

/** `a,b,` with each name that is not in the list yet. */
function listed(written: string, names: readonly Candidate[]): Candidate[] {
  const before = written.slice(0, written.lastIndexOf(",") + 1);
  const chosen = before.split(",");
  return names.filter(({ value }) => !chosen.includes(value)).map((name) => ({ ...name, value: before + name.value }));
}
