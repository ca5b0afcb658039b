import { PreloadError } from "@preload/core";
import { errorDocument } from "./documents.ts";
import { exitCodeFor, Failures } from "./exit-code.ts";
import { explain } from "./explain.ts";
import type { Io } from "./io.ts";
import { printResult } from "./output.ts";
import { untilSignal } from "./signals.ts";
import { version } from "./version.ts";

/** Runs one command line and gives back its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const signals = untilSignal();
  try {
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
      io.stdout.write(`${version}\n`);
      return 0;
    }
    // What a shell asks for at each press of the tab key is no command of people's, and loads no parser.
    if (argv[0] === "__complete") {
      const { complete } = await import("./completion/complete.ts");
      io.stdout.write(await complete(argv.slice(1), io));
      return 0;
    }
    const { parse } = await import("./parse.ts");
    return await parse(argv, io, signals.signal);
  } catch (error) {
    const isStopped = signals.exitCode !== undefined && isStop(error);
    const exitCode = isStopped ? (signals.exitCode ?? 1) : exitCodeFor(error);
    await printFailure(argv, io, error, exitCode);
    io.stderr.write(isStopped ? "preload: stopped; run the same command again and it continues\n" : explain(error, io));
    return exitCode;
  } finally {
    signals.dispose();
  }
}

function isStop(error: unknown): boolean {
  return error instanceof PreloadError && error.code === "ABORTED";
}

/** A program that reads JSON gets a document also when nothing else could be said. */
async function printFailure(argv: readonly string[], io: Io, error: unknown, exitCode: number): Promise<void> {
  const format = formatIn(argv);
  if (format === undefined) return;
  const { commandIn } = await import("./commands.ts");
  const errors = error instanceof Failures ? error.errors : [error];
  const [first] = errors;
  const document = { error: errorDocument(first), ...(errors.length > 1 ? { errors: errors.map(errorDocument) } : {}) };
  printResult(io, { format }, { command: commandIn(argv), ok: false, exitCode, ...document }, () => "");
}

// Read without the parser, which may be what failed.
function formatIn(argv: readonly string[]): "json" | "ndjson" | undefined {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (own.includes("--json")) return "json";
  const format = own.findLast((_, index) => own[index - 1] === "--format" || own[index]?.startsWith("--format="));
  return (["json", "ndjson"] as const).find((form) => format?.replace("--format=", "") === form);
}
