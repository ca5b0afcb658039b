import { assignments } from "../environment/shells.ts";

/** Where a CI reads values from: the outputs of a GitHub step, or a file of variables as GitLab takes it. */
export type ValueShell = "github" | "dotenv";

/**
 * Values as lines that a CI reads: `key=…` for `$GITHUB_OUTPUT`, `PRELOAD_CACHE_KEY=…` for a report of variables.
 * Where a value has several lines, GitHub gets them as they are, and a variable has them with spaces between.
 */
export function shellLines(shell: ValueShell, values: Readonly<Record<string, readonly string[]>>): string {
  const named = Object.entries(values).map(([name, lines]): [string, string] =>
    shell === "github" ? [name, lines.join("\n")] : [variableOf(name), lines.join(" ")],
  );
  const variables = named.map(([name, value]) => ({ name, value, kind: "setting" as const }));
  return assignments(shell, variables, Object.fromEntries(named));
}

function variableOf(name: string): string {
  return `PRELOAD_CACHE_${name.replaceAll("-", "_").toUpperCase()}`;
}
