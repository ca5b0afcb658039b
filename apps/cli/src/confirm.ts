import { createInterface } from "node:readline/promises";
import { PreloadError } from "@preload/core";
import type { Io } from "./io.ts";

/** Asks at the terminal, where only `y` and `yes` mean yes. @throws PreloadError `USAGE` where nobody can answer */
export async function confirm(question: string, io: Io, signal: AbortSignal): Promise<boolean> {
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw new PreloadError("USAGE", "there is no terminal to ask at", {
      hint: "Say --yes to go ahead, or --dry-run to look only.",
    });
  }
  // Questions go where errors go, so that the result can be piped.
  const lines = createInterface({ input: io.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    lines.close();
  }
}
