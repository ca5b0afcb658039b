import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { attemptsIn } from "./cut-off.ts";
import { type EnvironmentName, interopDir } from "./environments.ts";
import { folderOf, pythonOf } from "./make-environment.ts";
import { type Ended, lastLines, runProgram } from "./run-program.ts";
import type { World } from "./world.ts";

export interface AskOptions {
  /** `none`: cut off below the client, and no attempt is forgiven. `loopback`: only the origin may be asked. */
  readonly network: "none" | "loopback";
  /** Added to the variables of the world. */
  readonly env?: NodeJS.ProcessEnv;
  /** Warnings that the client gives whatever it reads; each with its reason in the test. @default none */
  readonly expected?: readonly RegExp[];
  /** @default the environment's own python */
  readonly python?: string;
  /** Words before the client's command, behind those that cut the network: they bring it into another root. @default none */
  readonly within?: readonly string[];
}

/** Asks a program of `python/clients`, and fails on any attempt to reach the network and on any warning. */
export async function askPython<Answer>(
  world: World,
  place: EnvironmentName,
  program: string,
  question: object,
  options: AskOptions,
): Promise<Answer> {
  const answer = join(world.home, `answer-${randomUUID()}.json`);
  const script = join(interopDir, "python/clients", program);
  const python = options.python ?? pythonOf(place);
  const ended = await recorded(world, [python, script, JSON.stringify(question), answer], options);
  mustSucceed(program, ended);
  return JSON.parse(await readFile(answer, "utf8")) as Answer;
}

/** Runs the command line of huggingface_hub, with the same severity. Whatever its exit code is, that is an answer. */
export function askHf(
  world: World,
  place: EnvironmentName,
  args: readonly string[],
  options: AskOptions,
): Promise<Ended> {
  return recorded(world, [join(folderOf(place), "bin/hf"), ...args], options);
}

/** Asks a program of `node-clients`. */
export async function askNode<Answer>(
  world: World,
  program: string,
  question: object,
  options: AskOptions,
): Promise<Answer> {
  const answer = join(world.home, `answer-${randomUUID()}.json`);
  const script = join(interopDir, "node-clients", program);
  const modules = inject("prepared").nodeDir;
  const ended = await recorded(world, [process.execPath, script, modules, JSON.stringify(question), answer], options);
  mustSucceed(program, ended);
  return JSON.parse(await readFile(answer, "utf8")) as Answer;
}

interface Line {
  readonly type: "attempt" | "warning";
  readonly host?: string;
  readonly callers?: readonly string[];
  readonly text?: string;
  readonly by?: string;
}

async function recorded(world: World, command: readonly string[], options: AskOptions): Promise<Ended> {
  const record = join(world.home, `record-${randomUUID()}.jsonl`);
  const counters = `${record}.counters`;
  const { network } = options;
  const env = {
    ...world.env,
    ...(network === "none" ? offline : { HF_ENDPOINT: world.demo.endpoints.hf }),
    // Progress is no warning, and the clients' own errands of the day are not what is asked about.
    HF_HUB_DISABLE_PROGRESS_BARS: "1",
    HF_HUB_DISABLE_UPDATE_CHECK: "1",
    HF_HUB_DISABLE_TELEMETRY: "1",
    ...options.env,
    PRELOAD_RECORD: record,
    PYTHONPATH: [join(interopDir, "python/recorder"), options.env?.["PYTHONPATH"]].filter(Boolean).join(":"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const cut = network === "none" ? [...inject("prepared").cutOff, counters] : [];
  const ended = await runProgram([...cut, ...(options.within ?? []), ...command], { env, cwd: world.home });
  const lines = await linesOf(record);
  const attempts = lines.filter((line) => line.type === "attempt" && (network === "none" || !isLoopback(line.host)));
  if (attempts.length > 0) throw new Error(`the client tried to reach\n${attempts.map(shownAttempt).join("\n")}`);
  const tried = network === "none" ? attemptsIn(await readFile(counters, "utf8")) : 0;
  if (tried > 0) throw new Error(`the client tried to reach the network ${tried} times, below what its language tells`);
  const warnings = lines.filter(({ type, text }) => type === "warning" && !isExpected(text, options));
  if (warnings.length > 0) {
    throw new Error(`the client warned\n${warnings.map(({ text, by }) => `  ${by}: ${text}`).join("\n")}`);
  }
  return ended;
}

// What `preload env` sets for clients of the Hub.
const offline = { HF_HUB_OFFLINE: "1" };

function mustSucceed(program: string, { code, stderr }: Ended): void {
  if (code !== 0) throw new Error(`${program} ended with ${code}\n${lastLines(stderr)}`);
}

async function linesOf(record: string): Promise<readonly Line[]> {
  const text = await readFile(record, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

function isLoopback(host = ""): boolean {
  return /^(?:127\.0\.0\.1|localhost|::1)(?::\d+)?$/.test(host);
}

function shownAttempt({ host, callers = [] }: Line): string {
  return [`  ${host}`, ...callers.map((caller) => `    by ${caller}`)].join("\n");
}

function isExpected(text: string | undefined, { expected = [] }: AskOptions): boolean {
  return expected.some((pattern) => pattern.test(text ?? ""));
}
