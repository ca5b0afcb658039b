import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { type Config, codeOf, onDisk, PreloadError } from "@preload/core";
import { mirrorsAsked } from "../asked/public-addresses.ts";
import type { Invocation } from "../command-spec.ts";
import { asEnvironment, clientVariables } from "../environment/client-variables.ts";
import { runPlain } from "../exec/run-command.ts";
import { type Flags, formOf } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession, type Session } from "../session.ts";
import { findingsDocument } from "../trace/document.ts";
import { type Findings, findingsOf } from "../trace/findings.ts";
import { endpointIn, record } from "../trace/record.ts";
import { renderFindings, summary } from "../trace/render.ts";
import { writableFile } from "../writable-file.ts";

interface TraceFlags extends Flags {
  readonly output?: string;
}

/** Runs a command online, and says which models it used. Exits as the command did. */
export async function run({ io, flags, operands, signal }: Invocation<TraceFlags>): Promise<number> {
  const [command, ...args] = operands;
  if (command === undefined) {
    throw new PreloadError("USAGE", "there is no command to run", { hint: "For example: preload trace -- pytest -q" });
  }
  refuseMixture(flags);
  const { json: _, format: __, ...display } = flags;
  const session = await openSession(io, display, signal);
  try {
    refuseOffline(session);
    const { machine, config, fetchers } = session;
    const env = { ...withoutOffline(machine.env), ...directoriesFor(session) };
    const endpoint = endpointIn(env);
    const output = flags.output === undefined ? undefined : await opened(resolve(machine.cwd, flags.output), config);
    try {
      const recorded = await record({
        env,
        endpoint,
        caches: Object.values(fetchers).map(({ dir }) => dir),
        run: (variables) => runPlain(command, args, { env: { ...env, ...variables }, cwd: machine.cwd, io }),
      });
      const { exitCode } = recorded;
      const hubPath = endpoint.pathname.replace(/\/+$/, "");
      const findings = await findingsOf(recorded, { hubPath, mirrors: mirrorsAsked(fetchers, machine) }, session);
      const text = textOf(findings, exitCode, session, flags);
      session.display.end();
      // stdout is the command's.
      if (output === undefined) io.stderr.write(text);
      else await onDisk(flags.output ?? "", () => rewrite(output, text), "--output");
      if (output !== undefined) session.display.notice(`${summary(findings.models, config.path)}: ${flags.output}`);
      return exitCode;
    } finally {
      await output?.close();
    }
  } finally {
    session.close();
  }
}

function textOf(findings: Findings, exitCode: number, { io, config }: Session, flags: TraceFlags): string {
  let text = "";
  const stdout = { write: (part: string) => (text += part) };
  const document = { command: "trace", ok: exitCode === 0, exitCode, ...findingsDocument(findings, config.path) };
  // A file is written also by who wants to see nothing.
  const { quiet, ...loud } = flags;
  const told = flags.output === undefined ? flags : loud;
  printResult({ ...io, stdout }, told, document, () => renderFindings(findings, config.path));
  return text;
}

/** With a config, the command finds the models as it does under `exec`. */
function directoriesFor(session: Session): Record<string, string> {
  if (session.config.path === undefined) return {};
  return asEnvironment(clientVariables(session, { offline: false }).variables, session.machine);
}

function refuseOffline({ offline }: Session): void {
  if (offline === undefined) return;
  throw new PreloadError(
    "OFFLINE",
    `what a command asks of the network is seen online only, and ${offline} forbids it`,
    {
      hint: "Leave it out, or say --online to have the command run online all the same.",
    },
  );
}

/** Only reached with what says offline when `--online` overrules it. */
function withoutOffline(env: Session["machine"]["env"]): Session["machine"]["env"] {
  const switches = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "PRELOAD_OFFLINE"];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !switches.includes(name)));
}

/** Before the command runs: it may run for long, and what it was run for is to be kept. Takes nothing away yet. */
async function opened(path: string, config: Config): Promise<FileHandle> {
  if (path === config.path) {
    throw new PreloadError("USAGE", `--output ${path}: that is the config, and the result is only what it lacks`, {
      hint: "Name another file; the result says with which `preload add` it comes into the config.",
    });
  }
  try {
    return await open(writableFile("--output", path), "a");
  } catch (error) {
    if (error instanceof PreloadError) throw error;
    throw new PreloadError("NOT_WRITABLE", `${path} cannot be written (${codeOf(error)})`, {
      hint: "The command was not started. Name another file with --output.",
    });
  }
}

async function rewrite(file: FileHandle, text: string): Promise<void> {
  // A device or a pipe has nothing to lose.
  if ((await file.stat()).isFile()) await file.truncate();
  await file.writeFile(text);
}

/** stdout is the command's, and a document among its lines would be neither's. */
function refuseMixture(flags: TraceFlags): void {
  if (formOf(flags) === "text" || flags.output !== undefined) return;
  throw new PreloadError("USAGE", "stdout is the command's, so a document needs a place of its own", {
    hint: "Say where it goes: preload trace --json --output trace.json -- COMMAND.",
  });
}
