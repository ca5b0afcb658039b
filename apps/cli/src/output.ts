import { documentVersion } from "./documents.ts";
import { type Flags, formOf } from "./flags.ts";
import type { Io } from "./io.ts";

/** Writes the result of a command to stdout: the document when JSON was asked for, else the text. */
export function printResult(io: Io, flags: Flags, document: ResultDocument, text: () => string): void {
  const form = formOf(flags);
  if (form === "text") {
    if (!flags.quiet) io.stdout.write(text());
    return;
  }
  const whole = { version: documentVersion, ...document };
  io.stdout.write(
    form === "json" ? `${JSON.stringify(whole, undefined, 2)}\n` : `${JSON.stringify({ type: "result", ...whole })}\n`,
  );
}

export interface ResultDocument {
  readonly command: string;
  readonly ok: boolean;
  readonly exitCode: number;
  readonly [name: string]: unknown;
}
