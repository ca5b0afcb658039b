import type { Run } from "./begin-run.ts";
import { blockHere } from "./watch-network.ts";
import { withVariables } from "./with-variables.ts";

interface Begun {
  readonly run: Run;
  readonly restore: () => void;
}

const key = Symbol.for("@preload/test-setup/jest");
const place = globalThis as { [key]?: Begun };

/** The run, from Jest's global set-up to its global tear-down, which are two modules. */
export const runInJest = {
  begin(run: Run): void {
    const restore = withVariables(process.env, run.variables);
    // Tests may run in this process, too.
    const unblock = blockHere();
    place[key] = { run, restore: () => [unblock, restore].forEach((undo) => undo()) };
  },

  /** Puts the environment as it was, and gives back the run to be ended; none where no set-up has come to its end. */
  end(): Run | undefined {
    const begun = place[key];
    delete place[key];
    begun?.restore();
    return begun?.run;
  },
};
