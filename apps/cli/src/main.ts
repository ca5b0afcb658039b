import { PreloadError } from "@preload/core";
import { exitCodeFor } from "./exit-code.ts";
import { explain } from "./explain.ts";
import type { Io } from "./io.ts";
import { parse } from "./parse.ts";
import { untilSignal } from "./signals.ts";

/** Runs one command line and gives back its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const signals = untilSignal();
  try {
    return await parse(argv, io, signals.signal);
  } catch (error) {
    if (signals.exitCode !== undefined && isStop(error)) {
      io.stderr.write("preload: stopped; run the same command again and it continues\n");
      return signals.exitCode;
    }
    io.stderr.write(explain(error, io));
    return exitCodeFor(error);
  } finally {
    signals.dispose();
  }
}

function isStop(error: unknown): boolean {
  return error instanceof PreloadError && error.code === "ABORTED";
}
