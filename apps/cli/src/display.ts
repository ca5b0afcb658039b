import type { MaterializeEvent, Resolution, Result, RetryEvent } from "@preload/core";
import { barDisplay } from "./display/bars.ts";
import { eventDisplay } from "./display/events.ts";
import { lineDisplay } from "./display/lines.ts";
import { type Flags, formOf } from "./flags.ts";
import type { Io } from "./io.ts";

/** What a run shows while it works. Results that are not asked for as JSON go to stdout, all else to stderr. */
export interface Display {
  /** What is being done before any byte moves: `asking what 5 models mean`. */
  doing(what: string): void;
  resolved(resolutions: readonly Resolution[]): void;
  event(event: MaterializeEvent): void;
  /** A request for facts about a model has to be made again. */
  retry(event: RetryEvent): void;
  /** A model is done, for better or worse. */
  done(result: Result): void;
  /** Something the reader should know, which is no error. */
  notice(text: string): void;
  /** Something only a reader of `--verbose` wants to know. */
  detail(text: string): void;
  /** A line of the result, or an error: written in full, beside whatever moves. */
  write(output: "stdout" | "stderr", text: string): void;
  /** Takes away what moves. */
  end(): void;
}

/** Bars for a person at a terminal, lines for a log, events for a program. */
export function createDisplay(io: Io, flags: Flags): Display {
  if (formOf(flags) === "ndjson") return eventDisplay(io);
  const isTerminal = io.stderr.isTTY === true && io.env.TERM !== "dumb" && !isOn(io.env.CI);
  const moves = isTerminal && flags.progress !== false && !flags.quiet;
  return moves ? barDisplay(io, flags) : lineDisplay(io, flags);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}
