import type { Invocation } from "../command-spec.ts";
import { asEnvironment, clientVariables } from "../environment/client-variables.ts";
import { shellOf } from "../environment/parent-shell.ts";
import { assignments, type Shell } from "../environment/shells.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession } from "../session.ts";

interface EnvFlags extends Flags {
  readonly shell?: Shell;
}

/** Prints what a process needs to find the models. Looks into no cache. */
export async function run({ io, flags, signal }: Invocation<EnvFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const { machine, fetchers } = session;
    const shell = flags.shell ?? shellOf(machine);
    const { variables, elsewhere, notes } = clientVariables(session, {
      offline: flags.offline === true,
      forImage: shell === "docker",
    });
    const environment = asEnvironment(variables, machine);
    const directories = Object.values(fetchers).map(({ name, dir, dirRule }) => ({ source: name, dir, rule: dirRule }));
    const result = { command: "env", ok: true, exitCode: 0, directories, variables, environment, elsewhere, notes };
    printResult(io, { ...flags, quiet: false }, result, () => assignments(shell, variables, environment));
    if (!flags.quiet && !flags.json) {
      for (const { name, value } of elsewhere)
        io.stderr.write(`# ${name} is ${JSON.stringify(value)} now, and leads elsewhere.\n`);
      for (const note of notes) io.stderr.write(`# ${note}\n`);
    }
    return 0;
  } finally {
    session.close();
  }
}
