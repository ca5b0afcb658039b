import { PreloadError, type Request } from "@preload/core";
import { guardVariables } from "@preload/guards";
import { guardFiles } from "../attempts/guard-files.ts";
import { beginReport, type Network, type Report, type ReportFlags } from "../attempts/report.ts";
import type { Invocation } from "../command-spec.ts";
import { asEnvironment, clientVariables } from "../environment/client-variables.ts";
import { type Cut, openCut } from "../exec/cut.ts";
import { ownAddresses } from "../exec/probes.ts";
import { whyNotStarted } from "../exec/programs.ts";
import { runPlain } from "../exec/run-command.ts";
import { Failures } from "../exit-code.ts";
import { type Flags, formOf } from "../flags.ts";
import { withPytest } from "../pytest/variables.ts";
import { commandFor, whatIsNotReady } from "../readiness.ts";
import { openSession, requestsFor, type Session, workingDir } from "../session.ts";

interface ExecFlags extends Flags, ReportFlags {
  readonly verify?: boolean;
  readonly model?: readonly string[];
  readonly "offline=strict"?: boolean;
  readonly allowPort?: readonly number[];
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
  const isOffline = flags.offline === true;
  const place = { env: io.env, cwd: workingDir(io, flags) };
  if (isOffline && command === "strict" && whyNotStarted(command, place) === "ENOENT") {
    throw new PreloadError("USAGE", "strict: there is no such program", {
      hint: "What must be enforced is --offline=strict, in one word.",
    });
  }
  if (!isOffline && flags.allowPort !== undefined) {
    throw new PreloadError("USAGE", "--allow-port opens a way through --offline, which is not given", {
      hint: "Without --offline the command reaches every port.",
    });
  }
  if (!isOffline && flags.tolerate === true) {
    throw new PreloadError("USAGE", "--tolerate is about attempts to reach the network, and --offline is not given", {
      hint: "Without --offline every command may reach it.",
    });
  }
  const session = await openSession(io, flags, signal);
  let report: Report | undefined;
  // Begun now, so that it is done when the models are verified.
  const cutting = isOffline ? beginCut(session, flags) : undefined;
  try {
    if (flags.verify !== false) await refuseUnready(session, flags.model ?? []);
    const { variables, notes } = clientVariables(session, { offline: isOffline });
    if (flags.verbose) for (const note of notes) io.stderr.write(`${note}\n`);
    const env = { ...io.env, ...asEnvironment(withPytest(variables, session), session.machine) };
    const cut = await cutting;
    if (cut !== undefined) sayHowFar(cut, flags, io);
    report = beginReport(session, networkOf(cut), flags);
    const options = { cwd: session.machine.cwd, io };
    const code =
      cut === undefined
        ? await runPlain(command, args, { ...options, env: { ...env, ...report.variables(env) } })
        : await cut.run(command, args, { ...options, env: environmentInside(cut, env) });
    return await report.end({ command: operands, code }, cut?.attempts() ?? []);
  } finally {
    report?.close();
    await cutting?.then((cut) => cut.close());
    session.close();
  }
}

function beginCut({ machine }: Session, { allowPort }: ExecFlags): Promise<Cut> {
  const [uid = 0, gid = 0, groups = []] = [process.getuid?.(), process.getgid?.(), process.getgroups?.()];
  const cutting = openCut({
    place: machine,
    platform: process.platform,
    user: { uid, gid, groups },
    ...(allowPort === undefined ? {} : { allowPorts: allowPort }),
  });
  // Whoever waits for it hears of it; until then it is no error that nobody heard.
  cutting.catch(() => {});
  return cutting;
}

/** A promise that cannot be kept here is said before the command starts, and with `strict` keeps it from starting. */
function sayHowFar({ enforcement }: Cut, flags: ExecFlags, io: Invocation["io"]): void {
  if (enforcement.by !== "advisory") return;
  const { reason, hint } = enforcement;
  if (flags["offline=strict"]) {
    throw new PreloadError("OFFLINE", `the network cannot be cut below a command here\n  ${reason}`, { hint });
  }
  io.stderr.write(`preload: --offline is advisory here: ${reason}\n`);
  io.stderr.write(
    `  Guards refuse what Python and Node ask for; another program may still reach the network. ${hint}\n`,
  );
}

function networkOf(cut: Cut | undefined): Network {
  if (cut === undefined) return "open";
  return cut.enforcement.by === "advisory" ? "advisory" : "cut";
}

function environmentInside(cut: Cut, env: Readonly<Record<string, string | undefined>>): typeof env {
  // This machine's addresses are not there inside of a cut, but who asks them asks nobody else.
  const allow = [...(env.PRELOAD_ALLOW?.split(",") ?? []), ...ownAddresses().map(({ address }) => address)];
  const guards = guardVariables({ env, mode: "block", attempts: cut.attemptsFile, allow, files: guardFiles });
  return { ...env, ...cut.variables, ...guards };
}

async function refuseUnready(session: Session, refs: readonly string[]): Promise<void> {
  const unready = await whatIsNotReady(wanted(session, refs), session);
  if (unready.length === 0) return;
  const command = commandFor(unready, session);
  const { stderr } = session.io;
  stderr.write("preload: the command was not started, because its models are not ready\n");
  if (command !== undefined) stderr.write(`  \`${command}\` makes them ready; --no-verify starts it all the same\n`);
  throw new Failures(unready.map(({ error }) => error));
}

/** The built-in models are a default for `install`; nobody has said that a command needs them. */
function wanted(session: Session, refs: readonly string[]): Request[] {
  const { config, flags } = session;
  if (refs.length === 0 && config.path === undefined && flags.profile === undefined) return [];
  return requestsFor(session, refs, "--model");
}
