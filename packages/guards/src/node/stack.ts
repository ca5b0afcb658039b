/** Where the program was. Written out only when somebody wants to read it, which takes far longer than keeping it. */
export interface Trace {
  readonly stack?: string;
}

/** Who called `below`, which is a function of the guard's. */
export function traceAbove(below: (...args: never[]) => unknown): Trace {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const trace: Trace = {};
  Error.captureStackTrace(trace, below);
  Error.stackTraceLimit = limit;
  return trace;
}

/** Nearest first, without Node's own: the program's lines, or those of libraries where it has none. */
export function callers(trace: Trace | undefined): string[] | undefined {
  const frames = (trace?.stack ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().replace(/^at /, "").replace("file://", ""))
    .filter((line) => line !== "" && !/\(?(node:|<anonymous>)/.test(line));
  const own = frames.filter((line) => !line.includes("node_modules"));
  const shown = (own.length > 0 ? own : frames).slice(0, 8).map((line) => line.replace(`${process.cwd()}/`, ""));
  return shown.length > 0 ? shown : undefined;
}
