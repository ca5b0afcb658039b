import type { CommandSpec } from "./command-spec.ts";
import { ci } from "./specs/ci.ts";
import { config } from "./specs/config.ts";
import { exchange } from "./specs/exchange.ts";
import { models } from "./specs/models.ts";
import { processes } from "./specs/processes.ts";
import { removal } from "./specs/removal.ts";
import { runs } from "./specs/runs.ts";
import { setup } from "./specs/setup.ts";
import { state } from "./specs/state.ts";

/** Every command, in the order of the help. A group is a file, so that a new command has its place. */
export const commands: readonly CommandSpec[] = [
  ...models,
  ...config,
  ...state,
  ...processes,
  ...exchange,
  ...ci,
  ...removal,
  ...runs,
  ...setup,
];

/** What may stand in the place of a command, aliases among it. */
export function commandNames(): string[] {
  return commands.flatMap(({ usage, aliases = [] }) => [usage.split(" ", 1)[0] ?? usage, ...aliases]);
}

/** The command of a line that was perhaps not understood, by its name and not by an alias. */
export function commandIn(argv: readonly string[]): string {
  const names = commands.map(({ usage, aliases = [] }) => [usage.split(" ", 1)[0] ?? usage, ...aliases]);
  for (const word of argv) {
    const [name] = names.find((known) => known.includes(word)) ?? [];
    if (name !== undefined) return name;
  }
  return "install";
}
