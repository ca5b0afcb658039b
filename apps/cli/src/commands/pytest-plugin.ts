import { resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { asEnvironment } from "../environment/client-variables.ts";
import { shellOf } from "../environment/parent-shell.ts";
import { assignments, type Shell } from "../environment/shells.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { copyIn, refuseStale, writeCopy } from "../pytest/copy.ts";
import { readinessOf } from "../pytest/readiness.ts";
import { asChosen, pluginDir, pytestVariables } from "../pytest/variables.ts";
import { openSession, workingDir } from "../session.ts";

interface PytestPluginFlags extends Flags {
  readonly shell?: Shell;
  readonly write?: string;
  readonly check?: string;
}

/** Makes the plugin available to pytest: by variables, or as a file of the project. */
export async function run(invocation: Invocation<PytestPluginFlags>): Promise<number> {
  const { flags, operands } = invocation;
  const dir = flags.write ?? flags.check;
  if (dir === undefined) return print(invocation);
  if (operands.length > 0) {
    throw new PreloadError("USAGE", `${operands[0]}: a copy of the plugin is for no model`, {
      hint: "Leave the models away; the tests name theirs.",
    });
  }
  return copy(invocation, dir);
}

async function print({ io, flags, operands, signal }: Invocation<PytestPluginFlags>): Promise<number> {
  const opened = await openSession(io, { ...flags, offline: true, online: false }, signal);
  const session = { ...opened, fetchers: asChosen(opened.fetchers, io.env) };
  try {
    const { machine } = session;
    const variables = pytestVariables(session);
    const environment = asEnvironment(variables, machine);
    const models = await readinessOf(operands, session);
    const result = { command: "pytest-plugin", ok: true, exitCode: 0, dir: pluginDir, variables, environment, models };
    const shell = flags.shell ?? shellOf(machine);
    printResult(io, { ...flags, quiet: false }, result, () => assignments(shell, variables, environment));
    return 0;
  } finally {
    session.close();
  }
}

async function copy({ io, flags }: Invocation<PytestPluginFlags>, given: string): Promise<number> {
  const found = await copyIn(resolve(workingDir(io, flags), given));
  const { path, before, after } = found;
  if (flags.check !== undefined) refuseStale(found, given);
  else await writeCopy(found);
  const changed = before !== after;
  printResult(io, flags, { command: "pytest-plugin", ok: true, exitCode: 0, path, changed }, () =>
    flags.check !== undefined ? `${path} is up to date\n` : told(path, changed),
  );
  return 0;
}

function told(path: string, changed: boolean): string {
  if (!changed) return `${path} is up to date\n`;
  return `wrote ${path}\nIn the conftest.py of the tests' root: pytest_plugins = ["preload_pytest"]\n`;
}
