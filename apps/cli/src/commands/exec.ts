import { spawn } from "node:child_process";
import { constants } from "node:os";
import { codeOf, PreloadError, type Request } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { asEnvironment, clientVariables } from "../environment/client-variables.ts";
import { Failures } from "../exit-code.ts";
import { type Flags, formOf } from "../flags.ts";
import { withPytest } from "../pytest/variables.ts";
import { whatIsNotReady } from "../readiness.ts";
import { openSession, requestsFor, type Session } from "../session.ts";

interface ExecFlags extends Flags {
  readonly verify?: boolean;
  readonly model?: readonly string[];
}

/** Runs a command that finds the models, and exits as the command did. */
export async function run({ io, flags, operands, signal }: Invocation<ExecFlags>): Promise<number> {
  const [command, ...args] = operands;
  if (command === undefined) {
    throw new PreloadError("USAGE", "there is no command to run", { hint: "For example: preload exec -- pytest -q" });
  }
  if (formOf(flags) !== "text") {
    throw new PreloadError("USAGE", "what exec prints is what the command prints, and that is no JSON of ours", {
      hint: "`preload verify --json` says whether the models are there; --json behind the command is the command's.",
    });
  }
  const session = await openSession(io, flags, signal);
  try {
    if (flags.verify !== false) await refuseUnready(session, flags.model ?? []);
    const { variables, notes } = clientVariables(session, { offline: flags.offline === true });
    if (flags.verbose) for (const note of notes) io.stderr.write(`${note}\n`);
    const env = { ...io.env, ...asEnvironment(withPytest(variables, session), session.machine) };
    return await runToEnd(command, args, { env, cwd: session.machine.cwd, io });
  } finally {
    session.close();
  }
}

async function refuseUnready(session: Session, refs: readonly string[]): Promise<void> {
  const errors = await whatIsNotReady(wanted(session, refs), session);
  if (errors.length === 0) return;
  session.io.stderr.write("preload: the command was not started, because its models are not ready\n");
  throw new Failures(errors);
}

/** The built-in models are a default for `install`; nobody has said that a command needs them. */
function wanted(session: Session, refs: readonly string[]): Request[] {
  const { config, flags } = session;
  if (refs.length === 0 && config.path === undefined && flags.profile === undefined) return [];
  return requestsFor(session, refs);
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly io: Invocation["io"];
}

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

async function runToEnd(command: string, args: readonly string[], { env, cwd, io }: Surroundings): Promise<number> {
  const child = spawn(command, args, { env, cwd, stdio: "inherit" });
  const restore = takeSignals((name) => {
    // A terminal sends Ctrl-C to the command by itself; twice, it would interrupt its clean-up.
    if (name !== "SIGINT" || io.stdin.isTTY !== true) child.kill(name);
  });
  try {
    return await new Promise<number>((resolve) => {
      child.once("error", (error) => resolve(notStarted(command, error, io)));
      child.once("exit", (code, name) => resolve(name === null ? (code ?? 1) : 128 + constants.signals[name]));
    });
  } finally {
    restore();
  }
}

/** From here on signals mean the command: whether it ends, and how, is for it to decide. */
function takeSignals(pass: (name: NodeJS.Signals) => void): () => void {
  const before = passedOn.map((name) => [name, process.listeners(name)] as const);
  for (const name of passedOn) {
    process.removeAllListeners(name);
    process.on(name, pass);
  }
  return () => {
    for (const [name, listeners] of before) {
      process.off(name, pass);
      for (const listener of listeners) process.on(name, listener);
    }
  };
}

/** The codes that shells use: 127 for a command that is not there, 126 for one that cannot be run. */
function notStarted(command: string, error: Error, io: Invocation["io"]): number {
  const code = codeOf(error);
  const isAbsent = code === "ENOENT";
  io.stderr.write(`preload: ${command}: ${isAbsent ? "command not found" : `cannot be run (${code})`}\n`);
  return isAbsent ? 127 : 126;
}
