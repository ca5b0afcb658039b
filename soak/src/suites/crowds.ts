import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pattern, serve } from "@preload/core/testing";
import { randomFrom } from "../random.ts";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { startChild, whyNoOtherHost } from "../world/children.ts";
import { digestOnDisk } from "../world/digest-on-disk.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
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

const kinds: readonly Crowd[] = [
  { name: "2", processes: 2, killed: 0 },
  { name: "8", processes: 8, killed: 0 },
  { name: "8, of which 4 are killed", processes: 8, killed: 4 },
  { name: "32", processes: 32, killed: 0 },
  { name: "32, of which 12 are killed", processes: 32, killed: 12 },
  { name: "4 that cannot see each other", processes: 4, killed: 0, apart: true },
];

/** Crowds that start at the same moment. */
export async function crowds(effort: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const lines: string[] = [];
  const measured: string[] = [];
  for (const crowd of kinds) {
    if (effort.only !== undefined && !crowd.name.includes(effort.only)) continue;
    const why = crowd.apart ? whyNoOtherHost() : undefined;
    if (why !== undefined) measured.push(`${crowd.name}: left out, ${why}`);
    const rounds = why === undefined ? Math.max(1, Math.round(effort.scale)) : 0;
    for (let round = 0; round < rounds; round += 1) {
      const where = `${crowd.name} processes, round ${round + 1}`;
      const found = await inScratch((dir) => gather(crowd, dir, effort.seed + round)).catch((error: Error) => ({
        violations: [error.message],
        measured: "",
      }));
      for (const what of found.violations) expect(false, where, what);
      measured.push(`${where}: ${found.measured}`);
      effort.say(`${where}: ${found.measured}`);
    }
    const extra = crowd.apart ? "at most once by each" : crowd.killed > 0 ? "once, and again what a kill lost" : "once";
    lines.push(`| ${crowd.name} | ${extra} |`);
  }
  return { violations, measured: measured.join("\n"), text: textOf(lines) };
}

async function gather(crowd: Crowd, dir: string, seed: number): Promise<{ violations: string[]; measured: string }> {
  const found: string[] = [];
  const random = randomFrom(seed);
  // Nothing is sent before somebody who will not be killed waits for another, so that they do meet.
  let isOpen = crowd.apart === true;
  const origin = await serve(async ({ path }) => {
    await until("somebody waits for another", () => isOpen);
    return { body: files[Number(path.slice(1))] ?? "" };
  });
  origin.fault(/^\/[01]$/, { type: "slow", bytesPerSecond: 8_000_000 });
  const manifest = manifestOf(files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body)));
  const children = Array.from({ length: crowd.processes }, (_, index) =>
    startChild({ manifest, dir }, crowd.apart ? { host: `host-${index}` } : {}),
  );
  const victims = children.slice(0, crowd.killed);
  const survivors = children.slice(crowd.killed);
  const ofThem = new Set(children.map(({ process }) => process.pid));
  const someoneWaits = () => survivors.some(({ waits }) => waits.some(({ pid }) => ofThem.has(pid)));
  const struck = Promise.all(
    victims.map(async ({ process }) => {
      await pause(random.between(300, 3000));
      process.kill("SIGKILL");
    }),
  );
  try {
    if (!crowd.apart) await until("a process says for which other one it waits", someoneWaits);
    isOpen = true;
    const reports = await within(120_000, () => Promise.all(survivors.map(({ report }) => report)));
    for (const { failure } of reports) if (failure !== undefined) found.push(`a process ends with ${failure}`);
  } finally {
    isOpen = true;
    await struck;
    for (const { process } of children) process.kill("SIGKILL");
  }
  for (const entry of manifest.entries) {
    if (entry.type !== "file") continue;
    if (`sha256:${await digestOnDisk(join(dir, entry.path))}` !== entry.digest)
      found.push(`${entry.path} has other bytes`);
  }
  const left = await leftoversIn(dir);
  if (left.length > 0 && !crowd.apart && crowd.killed === 0) found.push(`left over: ${left.join(", ")}`);
  const times = origin.bytesSent / size;
  const most = crowd.apart ? crowd.processes : 1.05 + crowd.killed * 0.6;
  if (times > most) found.push(`the files were sent ${times.toFixed(2)} times, at most ${most} expected`);
  const waits = survivors.flatMap((survivor) => survivor.waits);
  const requests = origin.count();
  await origin.close();
  return { violations: found, measured: `sent ${times.toFixed(2)} times, ${requests} requests, ${waits.length} waits` };
}

function textOf(lines: readonly string[]): string {
  return `Processes that start at the same moment and want the same four files (22 MB, the largest in ranges) in one directory. None
hangs, all that were not killed succeed, the bytes are right, and who waits says for which process.

| processes | the files are sent |
|---|---|
${lines.join("\n")}`;
}
