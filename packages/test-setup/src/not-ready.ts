import type { Said } from "./cli.ts";

/** Why the tests cannot run, in words for the person who started them. It has no stack: nothing is wrong with a program. */
export class NotReady extends Error {
  override readonly name = "NotReady";

  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }
}

/** What the command line said when it failed: which models, why, and what to do. */
export function whyNotReady(command: string, { exit, errors }: Said, refs: readonly string[]): NotReady {
  const end = typeof exit === "number" ? `exit code ${exit}` : `ended by ${exit}`;
  const models = refs.length === 1 ? "a model is not there" : `${refs.length} models are not there`;
  const what = refs.length === 0 ? "the models could not be looked at" : `${models}: ${refs.join(", ")}`;
  return new NotReady(`${what}\n(${command}: ${end})${errors === "" ? "" : `\n\n${errors}`}`);
}
