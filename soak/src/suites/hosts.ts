import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pattern, serve } from "@preload/core/testing";
import { type Random, randomFrom } from "../random.ts";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { startChild, whyNoOtherHost } from "../world/children.ts";
import { digestOnDisk } from "../world/digest-on-disk.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
import { within } from "../world/within.ts";

const megabyte = 1024 * 1024;
const files = [
  pattern(18 * megabyte, 71),
  pattern(2 * megabyte, 72),
  ...Array.from({ length: 6 }, (_, index) => pattern(20_000 + index, 73 + index)),
];

/** Two hosts on storage that they share, where leases come to nothing. */
export async function hosts({ seed, scale, only, say }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const runs = Math.max(3, Math.round(10 * scale));
  const why = whyNoOtherHost();
  let both = 0;
  let kills = 0;
  for (let run = 1; run <= runs && why === undefined; run += 1) {
    const where = `two hosts, run ${run} of seed ${seed}`;
    if (only !== undefined && !where.includes(only)) continue;
    const found = await inScratch((dir) => share(dir, randomFrom(seed * 1000 + run), run % 3 === 0)).catch(
      (error: Error) => ({ problems: [error.message], bothFetched: false }),
    );
    for (const problem of found.problems) expect(false, where, problem);
    if (found.bothFetched) both += 1;
    if (run % 3 === 0) kills += 1;
    say(where);
  }
  // Otherwise the lease was of use after all, and nothing is shown.
  if (why === undefined && only === undefined) expect(both > 0, "two hosts", "they never fetched at the same time");
  return {
    violations,
    measured: why ?? `two hosts: ${runs} runs, ${kills} with a kill; in ${both} both fetched the same files at once`,
    text: `Two hosts (of other names, each with process ids of its own, so that neither can see whether the other lives) on one
directory, while every lease is removed as soon as it appears: both fetch, both succeed, every name that appears has the
right bytes, and nothing but partials and drafts of a host that was killed stay.`,
  };
}

async function share(
  dir: string,
  random: Random,
  withKill: boolean,
): Promise<{ problems: string[]; bothFetched: boolean }> {
  const problems: string[] = [];
  const origin = await serve(({ path }) => ({ body: files[Number(path.slice(1))] ?? "" }));
  origin.fault(/^\/[01]$/, { type: "slow", bytesPerSecond: random.between(3, 12) * 1_000_000 });
  const entries = files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body));
  const manifest = manifestOf(entries);
  const looked = new Set<string>();
  const look = async () => {
    for (const { path, digest } of entries) {
      if (looked.has(path)) continue;
      const found = await digestOnDisk(join(dir, path));
      if (found === undefined) continue;
      looked.add(path);
      if (`sha256:${found}` !== digest) problems.push(`${path} appears with other bytes`);
    }
  };
  let isOver = false;
  const eater = (async () => {
    while (!isOver) {
      for (const name of readdirSync(dir).filter((found) => found.endsWith(".lease")))
        rmSync(join(dir, name), { force: true });
      await look();
      await pause(1);
    }
  })();
  const start = (host: string) => startChild({ manifest, dir }, { host });
  const one = start("one");
  await pause(random.between(0, 300));
  const other = start("other");
  try {
    if (withKill) {
      await until("the first is at work", () => origin.bytesSent > megabyte);
      one.process.kill("SIGKILL");
    }
    const reports = await within(60_000, () => Promise.all([...(withKill ? [] : [one.report]), other.report]));
    for (const { failure, message } of reports)
      if (failure !== undefined) problems.push(`a host ends with ${failure} ${message}`);
    await look();
    for (const { path } of entries) if (!looked.has(path)) problems.push(`${path} is not there`);
    const left = (await leftoversIn(dir)).filter((name) => !(withKill && /\.(part|tmp)$/.test(name)));
    if (left.length > 0) problems.push(`left over: ${left.join(", ")}`);
    return { problems, bothFetched: reports.every(({ bytes = 0 }) => bytes > 0) && reports.length === 2 };
  } finally {
    isOver = true;
    await eater;
    for (const child of [one, other]) child.process.kill("SIGKILL");
    await origin.close();
  }
}
