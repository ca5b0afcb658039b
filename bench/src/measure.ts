import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { packageDir, runDir } from "./places.ts";

/** What a command cost, from its start to its end. */
export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time, of the command and all it started. */
  readonly cpu: number;
  /** Peak memory of its largest process, in bytes. */
  readonly rss: number;
}

export interface Command {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Deleted within the measured time, so that both sides write into memory that was just given back. */
  readonly deletes?: readonly string[];
  readonly cwd?: string;
}

/** Runs commands one at a time, each when the machine has come to rest. */
export class Measure {
  readonly #runner: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  /** Runs that began although the machine was not at rest. */
  restless = 0;

  constructor() {
    this.#runner = spawn("python3", ["-S", "-E", join(packageDir, "python/measure.py")]);
    this.#runner.stderr.pipe(process.stderr);
    this.#answers = createInterface(this.#runner.stdout)[Symbol.asyncIterator]();
  }

  /** @throws when the command fails, with what it printed */
  async run(command: Command): Promise<Cost> {
    if (!(await atRest())) this.restless += 1;
    const log = join(runDir(), "log");
    const { deletes = [], argv, cwd = runDir() } = command;
    const quoted = deletes.map((path) => `'${path}'`).join(" ");
    const whole = deletes.length === 0 ? argv : ["sh", "-c", `rm -rf ${quoted}; exec "$@"`, "sh", ...argv];
    const task = { argv: whole, env: { ...plainEnv(), ...command.env }, cwd, log };
    this.#runner.stdin.write(`${JSON.stringify(task)}\n`);
    const { value } = await this.#answers.next();
    const { code, ...cost } = JSON.parse(value) as Cost & { code: number };
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}\n${readFileSync(log, "utf8").slice(-2000)}`);
    return cost;
  }

  end(): void {
    this.#runner.stdin.end();
  }
}

/** Of our own environment only what every program needs: no proxy, no token, no option of any client. */
function plainEnv(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: join(runDir(), "home"), LANG: "C.UTF-8" };
}

const longestWait = 6_000;

/** Waits until nine tenths of the processors' time go unused. False when that does not happen for long. */
async function atRest(): Promise<boolean> {
  const end = performance.now() + longestWait;
  while (performance.now() < end) {
    const before = processorTime();
    await sleep(300);
    const after = processorTime();
    if (after.idle - before.idle > 0.9 * (after.all - before.all)) return true;
  }
  return false;
}

function processorTime(): { idle: number; all: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const times = line.split(/\s+/).slice(1).map(Number);
  return { idle: (times[3] ?? 0) + (times[4] ?? 0), all: times.reduce((sum, time) => sum + time, 0) };
}
