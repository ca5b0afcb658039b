import type { Option } from "commander";
import { variableFor } from "../flags.ts";

/** An option as the help and the reference tell it. */
export interface OptionFacts {
  /** `-p, --profile <name>` */
  readonly flags: string;
  readonly does: string;
  readonly choices: readonly string[];
  /** What holds when it is not given, in words; undefined for a switch, which is off then. */
  readonly default: string | undefined;
  /** The variable that stands in for it. */
  readonly variable: string | undefined;
}

export function factsOf(option: Option): OptionFacts {
  return {
    flags: option.flags,
    does: option.description,
    choices: option.argChoices ?? [],
    default: option.defaultValueDescription,
    variable: variableFor(option.attributeName()),
  };
}
