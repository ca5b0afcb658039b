import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import type { Span } from "../test/support/cache-service.ts";
import { models, world } from "../test/support/world.ts";

const count = 12;
const runs = 3;

/**
 * How long a warm set takes, and how much of that is neither transfer nor tar. Of work that overlaps each moment counts once:
 * for the transfer if an archive was on its way, else for tar if one was being unpacked.
 */
for (const [name, size] of [
  ["40 kB", 40_000],
  ["20 MB", 20_000_000],
  ["100 MB", 100_000_000],
] as const) {
  test(`${count} models of ${name}`, async () => {
    const { machine, service } = await world(models(count, size));
    await (await machine()).run();
    const { path, spans } = await watchedTar();
    const measured: number[][] = [];
    for (let run = 0; run < runs; run += 1) {
      const own = await machine();
      const [downloads, unpackings] = [service.downloads.length, spans().length];
      const processor = processorTime();
      const start = performance.now();
      const step = await own.run({}, { PATH: `${path}:${process.env.PATH}` });
      const total = performance.now() - start;
      expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
      const transfer = service.downloads.slice(downloads);
      const tar = spans().slice(unpackings);
      expect([transfer.length, tar.length]).toEqual([count, count]);
      const used = processorTime() - processor;
      measured.push([total, total - covered(transfer), total - covered([...transfer, ...tar]), used]);
      await rm(dirname(own.home), { recursive: true });
    }
    const [total, beyond, rest, used] = [0, 1, 2, 3].map((at) => median(measured.map((one) => one[at] ?? 0)));
    process.stdout.write(
      `${count} × ${name}: ${seconds(total)} in all, ${seconds(beyond)} beyond the transfer, ${seconds(rest)} beyond transfer and tar, ${seconds(used)} of processor time; medians of ${runs}\n`,
    );
  });
}

/** A tar that notes when it unpacked what. */
async function watchedTar(): Promise<{ path: string; spans(): Span[] }> {
  const path = await tempDir();
  const log = join(path, "log");
  const tar = execFileSync("which", ["tar"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh
case "$*" in *-xf*) ;; *) exec ${tar} "$@" ;; esac
from=$(date +%s%3N)
${tar} "$@"
code=$?
echo "$from $(date +%s%3N)" >> ${log}
exit $code
`;
  await writeFile(join(path, "tar"), script, { mode: 0o755 });
  await writeFile(log, "");
  const spans = () =>
    readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" ").map(Number))
      .map(([from = 0, to = 0]) => ({ from, to }));
  return { path, spans };
}

/** Of all processes that were started from here and have ended, in milliseconds: the same on a machine that is busy. */
function processorTime(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Milliseconds in which at least one of them lasted. */
function covered(spans: readonly Span[]): number {
  let sum = 0;
  let end = 0;
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function seconds(milliseconds = Number.NaN): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
