import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";

/** A question of `init`, which a flag answers beforehand. */
export interface Question {
  readonly text: string;
  /** What the flag said. */
  readonly said: boolean | undefined;
  /** What holds when nobody is asked. */
  readonly byDefault: boolean;
}

export interface Asker {
  readonly io: Io;
  readonly signal: AbortSignal;
  /** False when nobody is to be asked, or there is no terminal to ask at. */
  readonly isAsking: boolean;
}

export async function answer({ text, said, byDefault }: Question, { io, signal, isAsking }: Asker): Promise<boolean> {
  if (said !== undefined) return said;
  return isAsking ? confirm(text, io, signal, { byDefault, atEnd: "stop" }) : byDefault;
}
