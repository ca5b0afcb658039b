import { didYouMean, PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type CompletionShell, completionScript, completionShells } from "../completion/scripts.ts";
import { printResult } from "../output.ts";

/** Prints the script that lets a shell complete our command lines. */
export async function run({ io, flags, operands }: Invocation): Promise<number> {
  const shell = shellNamed(operands);
  const script = completionScript(shell);
  printResult(io, flags, { command: "completion", ok: true, exitCode: 0, shell, script }, () => script);
  return 0;
}

function shellNamed([name, ...more]: readonly string[]): CompletionShell {
  const shell = completionShells.find((known) => known === name);
  if (shell && more.length === 0) return shell;
  const what =
    name === undefined
      ? "no shell is named"
      : `there is no completion for ${JSON.stringify([name, ...more].join(" "))}`;
  throw new PreloadError("USAGE", what, { hint: didYouMean(name ?? "", completionShells) });
}
