import { didYouMean, PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type CompletionShell, completionScript, completionShells } from "../completion/scripts.ts";
import { printResult } from "../output.ts";

/** Prints the script that lets a shell complete our command lines. */
export async function run({ io, flags, operands }: Invocation): Promise<number> {
  const shell = operands.length === 0 ? shellOfUser(io.env.SHELL) : shellNamed(operands);
  const script = completionScript(shell);
  printResult(io, flags, { command: "completion", ok: true, exitCode: 0, shell, script }, () => script);
  return 0;
}

function shellNamed(names: readonly string[]): CompletionShell {
  const shell = completionShells.find((known) => known === names.join(" "));
  if (shell) return shell;
  const name = names.join(" ");
  throw new PreloadError("USAGE", `there is no completion for ${JSON.stringify(name)}`, {
    hint: didYouMean(name, completionShells),
  });
}

/** `/usr/bin/zsh` */
function shellOfUser(path: string | undefined): CompletionShell {
  const shell = completionShells.find((known) => known === path?.split("/").at(-1));
  if (shell) return shell;
  const why = path ? `SHELL=${path} is none of these` : "SHELL is not set";
  throw new PreloadError("USAGE", `no shell is named, and ${why}`, {
    hint: `Name one: ${completionShells.map((known) => `\`preload completion ${known}\``).join(", ")}.`,
  });
}
