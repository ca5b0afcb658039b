import { createInterface } from "node:readline/promises";
import { PreloadError } from "@preload/core";
import type { Io } from "./io.ts";

export interface ConfirmOptions {
  /** What an empty answer means. @default false */
  readonly byDefault?: boolean;
  /** What the end of input (Ctrl-D) means. @default "no" */
  readonly atEnd?: "no" | "stop";
}

/**
 * Asks at the terminal, where only `y` and `yes` mean yes.
 *
 * @throws PreloadError `USAGE` where nobody can answer, `ABORTED` for Ctrl-C, and for the end of input where that is to stop
 */
export async function confirm(
  question: string,
  io: Io,
  signal: AbortSignal,
  { byDefault = false, atEnd = "no" }: ConfirmOptions = {},
): Promise<boolean> {
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw new PreloadError("USAGE", "there is no terminal to ask at", {
      hint: "Say --yes to go ahead, or --dry-run to look only.",
    });
  }
  // Questions go where errors go, so that the result can be piped.
  const lines = createInterface({ input: io.stdin, output: process.stderr });
  let isInterrupted = false;
  lines.once("SIGINT", () => {
    isInterrupted = true;
    lines.close();
  });
  // A question that is never answered would stay open for ever.
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  try {
    const answer = await lines.question(`${question} ${byDefault ? "[Y/n]" : "[y/N]"} `, {
      signal: AbortSignal.any([signal, ended.signal]),
    });
    return answer.trim() === "" ? byDefault : /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    io.stderr.write("\n");
    if (isInterrupted || signal.aborted || atEnd === "stop")
      throw new PreloadError("ABORTED", "stopped at the question; nothing was done");
    return false;
  } finally {
    lines.close();
  }
}
