import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pattern, serve } from "@preload/core/testing";
import { randomFrom } from "../random.ts";
import { createVerdict, type Suite } from "../suite.ts";
import { digestOnDisk } from "../world/digest-on-disk.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { within } from "../world/within.ts";

const megabyte = 1024 * 1024;
const files = [pattern(20 * megabyte, 31), pattern(2 * megabyte, 32), pattern(30_000, 33), pattern(4096, 34)];
const size = files.reduce((sum, body) => sum + body.size, 0);

interface Crowd {
  readonly name: string;
  readonly processes: number;
  /** How many of them are killed. */
  readonly killed: number;
  /** Each believes to be on a host of its own, as with storage over a network. */
  readonly apart?: boolean;
}

const crowds: readonly Crowd[] = [
  { name: "2", processes: 2, killed: 0 },
  { name: "8", processes: 8, killed: 0 },
  { name: "8, of which 4 are killed", processes: 8, killed: 4 },
  { name: "32", processes: 32, killed: 0 },
  { name: "32, of which 12 are killed", processes: 32, killed: 12 },
  { name: "4 that cannot see each other", processes: 4, killed: 0, apart: true },
];

/** Several processes that want the same files in the same directory at the same time. */
export const processes: Suite = {
  name: "processes",
  title: "Processes",
  async run(effort) {
    const { violations, expect } = createVerdict();
    const lines: string[] = [];
    const measured: string[] = [];
    for (const crowd of crowds) {
      if (effort.only !== undefined && !crowd.name.includes(effort.only)) continue;
      for (let round = 0; round < Math.max(1, Math.round(effort.scale)); round += 1) {
        const where = `${crowd.name} processes, round ${round + 1}`;
        const found = await inScratch((dir) => gather(crowd, dir, effort.seed + round)).catch((error: Error) => ({
          violations: [error.message],
          measured: "",
        }));
        for (const what of found.violations) expect(false, where, what);
        measured.push(`${where}: ${found.measured}`);
        effort.say(`${where}: ${found.measured}`);
      }
      const extra = crowd.apart
        ? "at most once by each"
        : crowd.killed > 0
          ? "once, and again what a kill lost"
          : "once";
      lines.push(`| ${crowd.name} | ${extra} |`);
    }
    return { violations, measured: measured.join("\n"), text: textOf(lines) };
  },
};

async function gather(crowd: Crowd, dir: string, seed: number): Promise<{ violations: string[]; measured: string }> {
  const found: string[] = [];
  const random = randomFrom(seed);
  const origin = await serve(({ path }) => ({ body: files[Number(path.slice(1))] ?? "" }));
  origin.fault(/^\/[01]$/, { type: "slow", bytesPerSecond: 8_000_000 });
  const entries = files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body));
  const children = Array.from({ length: crowd.processes }, () =>
    start({ manifest: manifestOf(entries), dir }, crowd.apart),
  );
  const victims = children.slice(0, crowd.killed);
  for (const victim of victims) void pause(random.between(300, 3000)).then(() => victim.child.kill("SIGKILL"));
  const reports = await within(120_000, () => Promise.all(children.map(({ report }) => report))).finally(() => {
    for (const { child } of children) child.kill("SIGKILL");
  });
  const survivors = reports.slice(crowd.killed);
  for (const { failure } of survivors) if (failure !== undefined) found.push(`a process ends with ${failure}`);
  for (const entry of entries) {
    if (`sha256:${await digestOnDisk(join(dir, entry.path))}` !== entry.digest)
      found.push(`${entry.path} has other bytes`);
  }
  // A process that was killed last leaves what the next run sweeps.
  await start({ manifest: manifestOf(entries), dir }).report;
  const left = await leftoversIn(dir);
  if (left.length > 0 && !crowd.apart && crowd.killed === 0) found.push(`left over: ${left.join(", ")}`);
  const times = origin.bytesSent / size;
  const most = crowd.apart ? crowd.processes : 1.05 + crowd.killed * 0.6;
  if (times > most) found.push(`the files were sent ${times.toFixed(2)} times, at most ${most} expected`);
  const waits = survivors.flatMap((report) => report.waits ?? []);
  if (
    !crowd.apart &&
    crowd.processes > 2 &&
    !waits.some(({ pid }) => children.some(({ child }) => child.pid === pid))
  ) {
    found.push("nobody says whom it waits for");
  }
  await origin.close();
  return {
    violations: found,
    measured: `sent ${times.toFixed(2)} times, ${origin.count()} requests, ${waits.length} waits`,
  };
}

interface Report {
  readonly failure?: string;
  readonly waits?: readonly { readonly pid?: number }[];
}

function start(job: object, apart = false): { child: ChildProcess; report: Promise<Report> } {
  const program = fileURLToPath(new URL("child.js", import.meta.url));
  const command = [process.execPath, program, JSON.stringify(job)];
  // A set of process ids of its own is how another host looks: nobody there can be asked whether he lives.
  const [file = "", ...args] = apart ? ["unshare", "--pid", "--fork", "--mount-proc", ...command] : command;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout?.on("data", (chunk) => (out += chunk));
  const report = new Promise<Report>((resolve) => {
    child.once("error", (error) => resolve({ failure: error.message }));
    child.once("close", () => resolve(out === "" ? { failure: "it said nothing" } : (JSON.parse(out) as Report)));
  });
  return { child, report };
}

function textOf(lines: readonly string[]): string {
  return `Processes that start at the same moment and want the same four files (22 MB, the largest in ranges) in one directory. None
hangs, all that were not killed succeed, the bytes are right, and who waits says for which process.

| processes | the files are sent |
|---|---|
${lines.join("\n")}
`;
}
