import { PreloadError } from "@preload/core";
import { modelsIn, type Scan, scan } from "@preload/scan";
import type { Invocation } from "../command-spec.ts";
import { explain } from "../explain.ts";
import type { Flags } from "../flags.ts";
import { schemeOf } from "../known-models.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { type Comparison, compare } from "../scan/compare.ts";
import { renderScan, scanDocument, summary } from "../scan/render.ts";
import { openSession, type Session } from "../session.ts";
import { count } from "../words.ts";

interface ScanFlags extends Flags {
  readonly check?: boolean;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Reads the code for models, and lays them beside the config. Informs; with `--check`, judges. */
export async function run({ io, flags, operands, signal }: Invocation<ScanFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const { cwd } = session.machine;
    const { include = [], exclude = [] } = flags;
    session.display.doing("reading the code");
    const paths = operands.length > 0 ? operands : ["."];
    const found = narrowed(await scan(paths, { cwd, include, exclude, signal: session.signal }), flags.only);
    const hasConfig = session.config.path !== undefined;
    const compared = hasConfig || flags.check ? compare(found.findings, session) : undefined;
    const error = flags.check && compared ? gap(compared, session) : undefined;
    const exitCode = error ? 8 : 0;
    session.display.end();
    printResult(
      io,
      flags,
      {
        command: "scan",
        ok: exitCode === 0,
        exitCode,
        config: session.config.path ?? null,
        ...scanDocument(found, compared),
      },
      () => renderScan(found, compared, painter(io.stdout, io.env)),
    );
    session.display.notice(summary(found, compared));
    if (!hasConfig && modelsIn(found.findings).length > 0) {
      session.display.notice("There is no config here. `preload init --from-code` makes one with these models.");
    }
    if (error) session.display.write("stderr", explain(error, io));
    return exitCode;
  } finally {
    session.close();
  }
}

function narrowed(found: Scan, only: readonly string[] | undefined): Scan {
  if (only === undefined) return found;
  return {
    ...found,
    findings: found.findings.filter((one) => one.type === "unclear" || only.includes(schemeOf(one.ref))),
  };
}

/** What a check fails for: a model that nobody would fetch, or a revision that would not be there. */
function gap({ lacking, disagreements }: Comparison, { config }: Session): PreloadError | undefined {
  if (lacking.length + disagreements.length === 0) return undefined;
  const where = config.path ?? "the built-in profiles";
  const lines = [
    ...(lacking.length > 0
      ? [
          `${count(lacking.length, "model")} of the code ${lacking.length === 1 ? "is" : "are"} not in ${where}: ${lacking.map(({ ref }) => ref).join(", ")}`,
        ]
      : []),
    ...(disagreements.length > 0
      ? [
          `${count(disagreements.length, "place")} of the code ${disagreements.length === 1 ? "asks" : "ask"} for a revision that ${where} does not have`,
        ]
      : []),
  ];
  const hint =
    lacking.length > 0
      ? `Run \`preload add ${lacking.map(({ ref }) => ref).join(" ")}\`, or leave the files out with --exclude.`
      : "Name the same revision in both, or say `alias: main` beside a pin that the code asks for as main.";
  return new PreloadError("DRIFT", lines.join("\n  "), { hint });
}
