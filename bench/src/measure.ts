import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isMissing } from "@preload/core";
import { asideDir, packageDir, runDir } from "./places.ts";
import { atRest, processorTime, timeOf } from "./processor.ts";

/** What a command cost, from its start to its end. */
export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time, of the command and all it started; without what deleting took. */
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

export interface RunOptions {
  /**
   * Puts what the run before it wrote elsewhere, before the clock starts, instead of deleting it. For trees of many files:
   * ext4 does not use the number of a deleted file again for five minutes, and looks past each of them when it needs one.
   */
  readonly setsAside?: boolean;
}

// Milliseconds.
const longestWait = 20_000;
// Of one processor. What the kernel does on behalf of a run is nobody's, and takes up to a tenth.
const mostForeign = 0.25;
const mostTries = 4;

/** Runs commands one at a time, each when the machine has come to rest. */
export class Measure {
  readonly #runner: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #aside = 0;
  /** Runs that count although other programs were at work. */
  restless = 0;

  /** @param origin the process that serves; what it needs is part of the work */
  constructor(private readonly origin: number) {
    this.#runner = spawn("python3", ["-S", "-E", join(packageDir, "python/measure.py")]);
    this.#runner.stderr.pipe(process.stderr);
    this.#answers = createInterface(this.#runner.stdout)[Symbol.asyncIterator]();
  }

  /** Again, up to three times, when other programs were at work meanwhile. @throws when the command fails, with what it printed */
  async run(command: Command, options: RunOptions = {}): Promise<Cost> {
    for (let tries = 1; ; tries += 1) {
      const { cost, foreign } = await this.#runOnce(command, options);
      if (foreign < mostForeign * cost.wall) return cost;
      if (tries < mostTries) continue;
      this.restless += 1;
      return cost;
    }
  }

  async #runOnce(command: Command, { setsAside = false }: RunOptions): Promise<{ cost: Cost; foreign: number }> {
    const { deletes = [], argv, cwd = runDir() } = command;
    if (setsAside) for (const path of deletes) await this.#setAside(path);
    await atRest(longestWait);
    const log = join(runDir(), "log");
    const task = { argv, deletes: setsAside ? [] : deletes, env: { ...plainEnv(), ...command.env }, cwd, log };
    const before = processorTime().busy - timeOf(this.origin);
    this.#runner.stdin.write(`${JSON.stringify(task)}\n`);
    const { value } = await this.#answers.next();
    const { code, rm, ...cost } = JSON.parse(value) as Cost & { code: number; rm: number };
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}\n${readFileSync(log, "utf8").slice(-2000)}`);
    return { cost, foreign: processorTime().busy - timeOf(this.origin) - before - cost.cpu - rm };
  }

  async #setAside(path: string): Promise<void> {
    await mkdir(asideDir(), { recursive: true });
    this.#aside += 1;
    await rename(path, join(asideDir(), `${this.#aside}`)).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }

  end(): void {
    this.#runner.stdin.end();
  }
}

/** Of our own environment only what every program needs: no proxy, no token, no option of any client. */
function plainEnv(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: join(runDir(), "home"), LANG: "C.UTF-8" };
}
