import { PreloadError, stopped } from "@preload/core";
import { builtIn } from "../built-in.ts";
import type { Invocation } from "../command-spec.ts";
import { buildContextFindings } from "../doctor/build-context.ts";
import { cacheFindings } from "../doctor/caches.ts";
import { directoryFindings } from "../doctor/directories.ts";
import { type Finding, on } from "../doctor/finding.ts";
import { ignoredFindings } from "../doctor/ignored.ts";
import { type Installed, installedIn } from "../doctor/installed.ts";
import { machineFindings } from "../doctor/machine.ts";
import { networkFindings } from "../doctor/network.ts";
import { nltkFindings } from "../doctor/nltk.ts";
import { pythonFindings } from "../doctor/python.ts";
import { renderFindings } from "../doctor/render.ts";
import { roomFindings } from "../doctor/room.ts";
import { tokenFindings } from "../doctor/token.ts";
import { type User, userFindings } from "../doctor/user.ts";
import { variableFindings } from "../doctor/variables.ts";
import type { Flags } from "../flags.ts";
import { knownModels } from "../known-models.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { pythonOf } from "../python.ts";
import { isMeant, openSession, type Session, workingDir } from "../session.ts";

interface DoctorFlags extends Flags {
  readonly net?: boolean;
  readonly uid?: User;
}

/** Says what would keep models from being found, or surprise. Goes online only with `--net`. */
export async function run({ io, flags, signal }: Invocation<DoctorFlags>): Promise<number> {
  const { session, faults } = await sessionOf(io, flags, signal);
  try {
    const findings = [...faults, ...(await findingsIn(session, flags))];
    // What did not answer in time to be heard is not out of reach.
    if (signal.aborted) throw stopped(signal);
    const exitCode = findings.some(({ level }) => level === "error") ? 3 : 0;
    printResult(io, flags, { command: "doctor", ok: exitCode === 0, exitCode, findings }, () =>
      renderFindings(findings, painter(io.stdout, io.env)),
    );
    return exitCode;
  } finally {
    session.close();
  }
}

/** A config or a lock that cannot be used is what is found; the rest is looked at as if there were none. */
async function sessionOf(
  io: Invocation["io"],
  flags: DoctorFlags,
  signal: AbortSignal,
): Promise<{ session: Session; faults: Finding[] }> {
  try {
    return { session: await openSession(io, flags, signal), faults: [] };
  } catch (error) {
    if (!(error instanceof PreloadError) || error.code !== "BAD_CONFIG") throw error;
    const { profile: _, ...rest } = flags;
    const finding = on("config").error(error.message, {
      why: "Every command but this one ends with exit 2; what follows is without it.",
      ...(error.hint === undefined ? {} : { fix: error.hint }),
    });
    return { session: await openSession(io, rest, signal, builtIn(workingDir(io, flags))), faults: [finding] };
  }
}

/** The session with the sources that are meant. */
function only({ fetchers, ...rest }: Session): Session {
  const meant = Object.entries(fetchers).filter(([scheme]) => isMeant(`${scheme}:`, rest.flags.only));
  return { ...rest, fetchers: Object.fromEntries(meant) };
}

async function findingsIn(whole: Session, { net, uid }: DoctorFlags): Promise<Finding[]> {
  const known = knownModels(whole).filter(({ ref }) => isMeant(ref, whole.flags.only));
  const session = only(whole);
  const { installed, findings } = environmentOf(session);
  return [
    ...machineFindings(),
    ...(await directoryFindings(session)),
    ...nltkFindings(session, known),
    ...(await roomFindings(known)),
    ...buildContextFindings(session),
    ...(uid ? userFindings(session, known, uid) : []),
    ...cacheFindings(session),
    ...variableFindings(session, installed),
    ...ignoredFindings(session),
    ...(await tokenFindings(session, known)),
    ...networkFindings(session),
    ...(net ? await (await import("../doctor/reach.ts")).reachFindings(session, known) : []),
    ...findings,
    ...pythonFindings(session, known, installed),
  ];
}

/** The environment that was named, else the active one. */
function environmentOf({ flags, config, machine }: Session): { installed: Installed; findings: Finding[] } {
  const named = pythonOf(flags, config, machine);
  try {
    return { installed: installedIn(named ?? machine.env.VIRTUAL_ENV, machine), findings: [] };
  } catch (error) {
    if (!(error instanceof PreloadError)) throw error;
    const rule = named === undefined ? "VIRTUAL_ENV: " : "";
    const finding = on("python").warning(
      `${rule}${error.message}`,
      error.hint === undefined ? {} : { fix: error.hint },
    );
    return { installed: {}, findings: [finding] };
  }
}
