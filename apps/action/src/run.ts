import { action } from "./action.ts";
import { githubCache } from "./cache.ts";
import { thisRunner } from "./runner.ts";
import { untilStopped } from "./stop.ts";

const { env } = process;
const exitCode = await action({ env, runner: thisRunner(env), cache: githubCache(env), stop: untilStopped() });
// Connections that are kept for another request would hold the step up; what was said has to be out before.
process.stdout.write("", () => process.exit(exitCode));
