import { lstatSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Attempt, readAttempts } from "@preload/guards";
import { bridgesOutside } from "./bridge-outside.ts";
import type { FromInside } from "./messages.ts";
import { openProbes, ownAddresses } from "./probes.ts";
import type { Place } from "./programs.ts";
import { startProxy } from "./recording-proxy.ts";
import { type RunOptions, runPlain, runSupervised } from "./run-command.ts";
import { type Supervised, superviseBy } from "./supervised.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type User, type Way, waysHere } from "./ways.ts";

/** How much `--offline` is worth here. */
type Enforcement =
  | { readonly by: "namespace" | "sudo" }
  /** Nothing keeps a program from the network but the guards in it, and proxies that it may obey. */
  | { readonly by: "advisory"; readonly reason: string; readonly hint: string };

/** A place without network, made before the command is known. */
export interface Cut {
  readonly enforcement: Enforcement;
  /** The file that recorders append to: `PRELOAD_ATTEMPTS`. It is gone after `close`. */
  readonly attemptsFile: string;
  /** Variables that take the place of the caller's: proxies of his would only be a wrong name for who was asked. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Runs the command to its end, once. Gives back its exit code, or 128 and the number of the signal that ended it. */
  run(command: string, args: readonly string[], options: RunOptions): Promise<number>;
  attempts(): readonly Attempt[];
  /** Ends what is left inside, and leaves nothing behind. */
  close(): Promise<void>;
}

export interface CutOptions {
  readonly place: Place;
  readonly platform: NodeJS.Platform;
  readonly user: User;
  /** Ports of this machine's loopback that are to answer inside as well. @default none */
  readonly allowPorts?: readonly number[];
  /** @default those that may work here */
  readonly ways?: readonly Way[];
  /** The program that is started inside. @default the one beside this file when it is bundled */
  readonly supervisor?: string;
}

/** Cuts the network, in the best way that this machine has. Where it has none, that is what `enforcement` says. */
export async function openCut(options: CutOptions): Promise<Cut> {
  const { place, platform, user, allowPorts = [], supervisor = bundled } = options;
  const here = waysHere(place, platform, user);
  const dir = temporaryFolder(roomForSockets(), "preload-exec-");
  const attemptsFile = join(dir, "attempts.jsonl");
  const found = await firstWay(options.ways ?? here.ways, { dir, allowPorts }, { place, supervisor });
  const noted: Attempt[] = [];
  const attempts = () => [...noted, ...noteOfGuards(attemptsFile)].sort((one, other) => one.at - other.at);
  const common = { attemptsFile, attempts, note: (attempt: Attempt) => void noted.push(attempt) };
  if (found.supervised !== undefined) return enforced(found.supervised, { dir, allowPorts, ...common });
  const reason = here.reason ?? found.faults.join("; ");
  return advisory({ by: "advisory", reason, hint: here.hint ?? permissions }, { dir, ...common });
}

const bundled = fileURLToPath(new URL("./supervisor.cjs", import.meta.url));

const permissions =
  "Run as root, allow user namespaces (in a container: docker run --privileged), or give sudo without a password.";

/** The command may do with the file what it likes. What was noted from below it never was in there. */
function noteOfGuards(file: string): readonly Attempt[] {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readAttempts(file) : [];
}

type Common = Pick<Cut, "attemptsFile" | "attempts"> & {
  readonly dir: string;
  readonly note: (attempt: Attempt) => void;
};

async function enforced(
  supervised: Supervised,
  { dir, allowPorts, attemptsFile, attempts, note }: Common & { allowPorts: readonly number[] },
): Promise<Cut> {
  const servers = await bridgesOutside(dir, allowPorts);
  const take = (message: FromInside) => {
    if (message.type === "attempt") note(message.attempt);
  };
  supervised.onMessage = take;
  return {
    enforcement: { by: supervised.way.name },
    attemptsFile,
    attempts,
    variables: withoutProxies,
    async run(command, args, options) {
      const code = await runSupervised(supervised, take, command, args, options);
      // What the command left running is no part of what comes next, and sudo gives the terminal back only now.
      await supervised.end();
      return code;
    },
    async close() {
      await supervised.end();
      for (const server of servers) server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function advisory(
  enforcement: Enforcement & { by: "advisory" },
  { dir, attemptsFile, attempts, note }: Common,
): Promise<Cut> {
  const proxy = await startProxy(note);
  return {
    enforcement,
    attemptsFile,
    attempts,
    variables: { ...withoutProxies, ...proxy.variables },
    run: runPlain,
    async close() {
      proxy.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Found {
  readonly supervised: Supervised | undefined;
  /** Why the ways that were tried do not work. */
  readonly faults: readonly string[];
}

async function firstWay(
  ways: readonly Way[],
  { dir, allowPorts }: { dir: string; allowPorts: readonly number[] },
  start: { place: Place; supervisor: string },
): Promise<Found> {
  const faults: string[] = [];
  if (ways.length === 0) return { supervised: undefined, faults };
  const probes = await openProbes();
  const addresses = ownAddresses().map(({ address }) => address);
  try {
    for (const way of ways) {
      const orders = { dir, allowPorts, probes: probes.addresses, ownAddresses: addresses };
      const supervised = await superviseBy(way, orders, start);
      if ("control" in supervised) return { supervised, faults };
      faults.push(supervised.fault);
    }
    return { supervised: undefined, faults: [...new Set(faults)] };
  } finally {
    probes.close();
  }
}

/** The path of a socket may have no more than 107 characters. */
function roomForSockets(): string {
  return tmpdir().length > 70 ? "/tmp" : tmpdir();
}

const proxyNames = ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"];
const withoutProxies: Readonly<Record<string, undefined>> = Object.fromEntries(
  proxyNames.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, undefined]),
);
