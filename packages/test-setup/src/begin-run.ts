import { resolve } from "node:path";
import { findCli, runCli, type Said } from "./cli.ts";
import { environmentIn, type ModelDocument, modelsIn } from "./document.ts";
import { reasonOf } from "./find-model.ts";
import { whyNotReady } from "./not-ready.ts";
import { isCi, refuseUnknown, type SetupOptions } from "./options.ts";
import type { Preloaded } from "./preloaded.ts";
import { makeRunFolder, removeRunFolder } from "./run-folder.ts";
import { describeSkips, readSkips } from "./skips.ts";
import { watchNetwork } from "./watch-network.ts";

/** Tests that are about to run, and have their models. */
export interface Run {
  readonly preloaded: Preloaded;
  /** What the processes of the tests are to have in their environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Somebody notes what is asked of the network, and is to be told which test is running. */
  readonly isWatched: boolean;
  /** Why the run has failed, although each test may have passed: what was asked of the network. */
  failure(): string | undefined;
  /** Tells what was skipped, for people, and leaves nothing behind. Empty when there is nothing to tell. */
  end(): string;
}

/** Where the set-up runs. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The runner's root, for want of the option `cwd`. */
  readonly root: string;
  /** Told what is fetched, line by line. */
  readonly onLine: (line: string) => void;
}

/**
 * Installs what the tests need, in CI exactly what the lock says, and gives what they are to know of it.
 * Changes nothing in this process.
 * @throws NotReady naming every model that is not there
 */
export async function beginRun(options: SetupOptions, { env, root, onLine }: Surroundings): Promise<Run> {
  refuseUnknown(options);
  const cwd = resolve(root, options.cwd ?? ".");
  const program = findCli(cwd);
  const configArgs = options.config === undefined ? [] : ["--config", options.config];
  const isBlocked = options.network === "blocked";
  const install = installArgs(options, isCi(env));
  const [installed, told] = await Promise.all([
    runCli(program, [...install, "--json", ...configArgs], { cwd, env, onLine }),
    runCli(program, envArgs(options.offline === true || isBlocked, configArgs), { cwd, env }),
  ]);
  const command = `preload ${install.join(" ")}`;
  const models = modelsIn(installed.document);
  if (installed.exit !== 0) throw whyNotReady(command, installed, refsThatFailed(models));
  const environment = environmentOf(told);

  const preloaded: Preloaded = { models: readyModels(models), environment };
  const folder = makeRunFolder({
    ...preloaded,
    absent: Object.fromEntries(
      models.filter(({ status }) => status !== "ready").map((one) => [one.ref, reasonOf(one)]),
    ),
    require: options.require ?? isCi(env),
    program,
    cwd,
    configArgs,
  });
  // A runner that is stopped may have no time for its tear-down.
  const remove = () => removeRunFolder(folder);
  process.once("exit", remove);
  const network = watchNetwork(options.network ?? "open", folder, { ...env, ...environment });
  const variables: Record<string, string> = { ...environment, ...network.variables, PRELOAD_RUN: folder };
  return {
    preloaded,
    variables,
    isWatched: Boolean(variables.PRELOAD_ATTEMPTS ?? env.PRELOAD_ATTEMPTS),
    failure: network.told,
    end() {
      const report = describeSkips(readSkips(folder));
      process.off("exit", remove);
      remove();
      return report;
    },
  };
}

function installArgs({ profile, refs = [], offline }: SetupOptions, isFrozen: boolean): string[] {
  const command = isFrozen ? (refs.length > 0 ? ["install", "--frozen"] : ["ci"]) : ["install"];
  const profiles = profile === undefined ? [] : [profile].flat().flatMap((name) => ["--profile", name]);
  return [...command, ...refs, ...profiles, ...(offline ? ["--offline"] : [])];
}

function envArgs(offline: boolean, configArgs: readonly string[]): string[] {
  return ["env", "--json", ...(offline ? ["--offline"] : []), ...configArgs];
}

function environmentOf(told: Said): Readonly<Record<string, string>> {
  const environment = told.exit === 0 ? environmentIn(told.document) : undefined;
  if (environment === undefined) throw whyNotReady("preload env", told, []);
  return environment;
}

function refsThatFailed(models: readonly ModelDocument[]): string[] {
  return models.filter(({ status }) => status === "failed").map(({ ref }) => ref);
}

function readyModels(models: readonly ModelDocument[]): Preloaded["models"] {
  const ready = models.flatMap(({ ref, status, path, revision, bytes }) =>
    status === "ready" && path !== null
      ? [[ref, { ref, path, revision: revision ?? "", bytes: bytes ?? 0 }] as const]
      : [],
  );
  return Object.fromEntries(ready);
}
