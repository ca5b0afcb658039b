import type { Said } from "./preload.ts";

/** Why the step fails, an annotation for each reason; with the exit code that the command line has for it. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly reasons: readonly string[],
    readonly exitCode: number,
  ) {
    super(reasons.join("\n"));
  }
}

/** @throws Failure when a command came to nothing */
export function refuseUnless(said: Said, command: string): void {
  if (said.error) throw new Failure([reasonOf(said.error)], said.exitCode);
  if (!said.ok && said.exitCode >= 128) throw new Failure([`preload ${command} was stopped`], said.exitCode);
}

export function reasonOf({ message, hint }: { readonly message: string; readonly hint: string | null }): string {
  return hint === null ? message : `${message}\n${hint}`;
}
