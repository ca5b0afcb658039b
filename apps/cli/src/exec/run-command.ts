import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { codeOf } from "@preload/core";
import type { Io } from "../io.ts";
import { boundToUs } from "./bound-to-us.ts";
import { type FromInside, send } from "./messages.ts";
import { whyNotStarted } from "./programs.ts";
import type { Supervised } from "./supervised.ts";

export interface RunOptions {
  /** All variables of the command. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly io: Pick<Io, "stdin" | "stderr">;
}

/**
 * Runs a command with our own network. Gives back the exit code that a shell would. Where the kernel can (Linux, with
 * setpriv), it is told to end (SIGTERM, which may come several times) when we are killed.
 */
export async function runPlain(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  const { env, cwd, io } = options;
  if (command === "") return notStarted(command, "ENOENT", io);
  const [program, ...words] = boundToUs(command, args, { env, cwd });
  const child = begun(() => spawn(program, words, { env, cwd, stdio: "inherit" }));
  if (typeof child === "string") return notStarted(command, child, io);
  return withSignals(
    io,
    (name) => child.kill(name),
    () =>
      new Promise((resolve) => {
        child.once("error", (error) => resolve(notStarted(command, codeOf(error), io)));
        child.once("exit", (code, name) => resolve(codeFor(code, name)));
      }),
  );
}

/** Some faults are thrown by Node at once (a name or a line of words that is too long for the system), others told later. */
function begun(start: () => ChildProcess): ChildProcess | string {
  try {
    return start();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return code;
  }
}

/** Runs a command inside. */
export async function runSupervised(
  supervised: Supervised,
  hear: (message: FromInside) => void,
  command: string,
  args: readonly string[],
  { env, cwd, io }: RunOptions,
): Promise<number> {
  // What takes the capabilities from it would say this in words of its own.
  const reason = command === "" ? "ENOENT" : whyNotStarted(command, { env, cwd });
  if (reason !== undefined) return notStarted(command, reason, io);
  const { control } = supervised;
  return withSignals(
    io,
    (name) => send(control, { type: "signal", name }),
    () =>
      new Promise((resolve) => {
        supervised.onMessage = (message) => {
          if (message.type === "ended") resolve(codeFor(message.code, message.signal));
          else if (message.type === "failed") resolve(notStarted(command, message.code, io));
          else hear(message);
        };
        // The kernel, or somebody, ended the supervisor; and with it the command.
        control.once("close", () => resolve(codeFor(null, "SIGKILL")));
        send(control, { type: "run", command, args, env, cwd });
      }),
  );
}

function codeFor(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Meanwhile signals mean the command: whether it ends, and how, is for it to decide. */
async function withSignals<T>(
  io: Pick<Io, "stdin">,
  pass: (name: NodeJS.Signals) => void,
  work: () => Promise<T>,
): Promise<T> {
  const take = (name: NodeJS.Signals) => {
    // A terminal sends Ctrl-C and Ctrl-\\ to the command by itself; twice, they would interrupt its clean-up.
    if ((name !== "SIGINT" && name !== "SIGQUIT") || io.stdin.isTTY !== true) pass(name);
  };
  const before = passedOn.map((name) => [name, process.listeners(name)] as const);
  for (const name of passedOn) {
    process.removeAllListeners(name);
    process.on(name, take);
  }
  try {
    return await work();
  } finally {
    for (const [name, listeners] of before) {
      process.off(name, take);
      for (const listener of listeners) process.on(name, listener);
    }
  }
}

/** The codes that shells use: 127 for a command that is not there, 126 for one that cannot be run. */
function notStarted(command: string, code: string | undefined, io: Pick<Io, "stderr">): number {
  const isAbsent = code === "ENOENT";
  io.stderr.write(`preload: ${command}: ${isAbsent ? "command not found" : `cannot be run (${code})`}\n`);
  return isAbsent ? 127 : 126;
}
