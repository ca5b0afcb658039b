import { setMaxListeners } from "node:events";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Config,
  createHttp,
  didYouMean,
  type Fetchers,
  type InstallAllOptions,
  type Lock,
  loadConfig,
  lockPathOf,
  longestTimer,
  type Machine,
  PreloadError,
  type Request,
  readLock,
  requestFor,
  requestsOf,
  stateDirOf,
  thisMachine,
  throttleTo,
} from "@preload/core";
import { builtIn } from "./built-in.ts";
import { commandNames } from "./commands.ts";
import { type Counters, counting, countRetry, noCounts } from "./counting-http.ts";
import { createDisplay, type Display } from "./display.ts";
import { createFetchers, schemes } from "./fetchers.ts";
import type { Flags } from "./flags.ts";
import type { Io } from "./io.ts";
import { offlineRule } from "./offline.ts";
import { refusing } from "./refusing-http.ts";

/** One command line at work: what it may use, opened once and passed on. */
export interface Session {
  readonly io: Io;
  readonly flags: Flags;
  readonly machine: Machine;
  /** The config found, or the built-in one. */
  readonly config: Config;
  readonly fetchers: Fetchers;
  readonly lockPath: string;
  readonly lock: Lock | undefined;
  readonly stateDir: string;
  /** What forbids the network, if anything does: `--offline`, `HF_HUB_OFFLINE`. */
  readonly offline: string | undefined;
  readonly signal: AbortSignal;
  readonly display: Display;
  /** What was asked of the network so far. */
  readonly network: Counters;
  close(): void;
}

/** `given` takes the place of the config that is there. */
export async function openSession(io: Io, flags: Flags, signal: AbortSignal, given?: Config): Promise<Session> {
  refuseUnknownSources(flags.only);
  const cwd = workingDir(io, flags);
  const machine: Machine = { ...thisMachine(), env: io.env, cwd };
  const stateDir = stateDirOf(machine);
  const config = given ?? (await loadConfig({ cwd, path: flags.config, schemes, stateDir })) ?? builtIn(cwd);
  const offline = offlineRule(flags, io.env);
  const display = createDisplay(io, flags);
  const network = noCounts();
  const open = createHttp({
    machine,
    onRetry: (event) => {
      countRetry(network, event);
      display.retry(event);
    },
    ...(flags.stallTimeout === undefined ? {} : { stallTimeout: flags.stallTimeout * 1000 }),
  });
  const http = offline === undefined ? counting(open, network) : refusing(open, offline);
  const lockPath = lockPathOf(config);
  const until = flags.timeout === undefined ? signal : AbortSignal.any([signal, deadline(flags.timeout)]);
  // Each model and each request listens, and there are many.
  setMaxListeners(0, signal, until);
  return {
    io,
    flags,
    machine,
    config,
    fetchers: createFetchers({ flags, config, machine, http }),
    lockPath,
    lock: config.path === undefined ? undefined : await readLock(lockPath),
    stateDir,
    offline,
    signal: until,
    display,
    network,
    close() {
      display.end();
      http.close();
    },
  };
}

/** The models that the arguments and flags mean: the named ones, by operands or by a flag, else those of the profiles. */
export function requestsFor(session: Session, refs: readonly string[], flag?: string): Request[] {
  const { config, flags } = session;
  const requests =
    refs.length > 0 ? refs.map((ref) => checkedRequest(config, ref, flag)) : requestsOf(config, flags.profile);
  const once = new Map(requests.map((request) => [request.ref, request]));
  return [...once.values()].filter(({ ref }) => isMeant(ref, flags.only));
}

/** Options of `installAll` that come from flags. */
export function transferOptions({
  flags,
  config,
  stateDir,
  signal,
  display,
  network,
}: Session): Partial<InstallAllOptions> {
  return {
    stateDir,
    signal,
    onEvent: (event) => {
      if (event.type === "retry") countRetry(network, event);
      display.event(event);
    },
    onResult: display.done,
    concurrency: flags.concurrency ?? config.concurrency ?? 8,
    ...(flags.maxRate === undefined ? {} : { throttle: throttleTo(flags.maxRate) }),
  };
}

function checkedRequest(config: Config, text: string, flag: string | undefined): Request {
  const request = requestFor(config, text);
  if (request.ref.includes(":")) return request;
  const aliases = Object.keys(config.aliases);
  // What a flag names was never meant as a command.
  const known = flag === undefined ? [...commandNames(), ...aliases] : aliases;
  const form = "A model is written scheme:name, for example hf:facebook/bart-base.";
  throw new PreloadError(
    "USAGE",
    flag === undefined ? `${JSON.stringify(text)} is neither a command nor a model` : `${flag} ${text} is no model`,
    { hint: known.length === 0 ? form : `${form} ${didYouMean(text, known)}` },
  );
}

/** Whether a model belongs to the sources that `--only` names. */
export function isMeant(ref: string, only: readonly string[] | undefined): boolean {
  return only?.includes(ref.slice(0, ref.indexOf(":"))) ?? true;
}

/** A name that is misspelt would leave everything out, and pass for success. */
export function refuseUnknownSources(only: readonly string[] = []): void {
  const unknown = only.find((name) => !schemes.includes(name));
  if (unknown === undefined) return;
  throw new PreloadError("USAGE", `--only ${unknown}: there is no such source`, {
    hint: didYouMean(unknown, schemes),
  });
}

/** Where a command line works. @throws PreloadError `USAGE` */
export function workingDir(io: Io, flags: Flags): string {
  if (flags.cwd === undefined) return io.cwd;
  const cwd = resolve(io.cwd, flags.cwd);
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd;
  throw new PreloadError("USAGE", `--cwd ${flags.cwd}: there is no such folder`, {
    hint: `It is looked for from ${io.cwd}.`,
  });
}

function deadline(seconds: number): AbortSignal {
  const controller = new AbortController();
  const error = new PreloadError("DEADLINE", `not done after ${seconds} seconds`, {
    hint: "Run the same command again; it continues where it stopped.",
  });
  setTimeout(() => controller.abort(error), Math.min(seconds * 1000, longestTimer)).unref();
  return controller.signal;
}
