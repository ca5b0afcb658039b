import workers from "node:worker_threads";
import { type GuardOptions, nodeVariables } from "../guard-variables.ts";
import { replace } from "./replace.ts";

/** What a guard goes by, besides the environment that it is put into. */
export type Settings = Omit<GuardOptions, "env" | "files">;

type Options = workers.WorkerOptions & { env?: NodeJS.ProcessEnv | symbol };

/**
 * A thread takes the options of this process as they were at its start, so what was added to NODE_OPTIONS since then would
 * not reach it; and one that is given an environment of its own would go without.
 */
export function guardWorkers(file: string, settings: Settings): () => void {
  return replace(workers, "Worker", (Original) => {
    class Worker extends (Original as typeof workers.Worker) {
      constructor(program: string | URL, options: Options = {}) {
        super(program, guarded(options, file, settings) as workers.WorkerOptions);
      }
    }
    return Worker as unknown as () => unknown;
  });
}

function guarded(options: Options, file: string, settings: Settings): Options {
  const { env = process.env, execArgv = ofThread } = options;
  if (typeof env === "symbol") return { ...options, execArgv };
  return { ...options, execArgv, env: { ...env, ...nodeVariables(file, { ...settings, env }) } };
}

/** Of the options of this process, those that a thread takes; the others hold for it without being named. */
const ofThread = process.execArgv.filter((argument, index, all) => {
  const name = /^-/.test(argument) ? argument : (all[index - 1] ?? "");
  return /^(-r|-C|--(require|import|loader|experimental-loader|conditions|no-warnings|enable-source-maps))(=|$)/.test(
    name,
  );
});
