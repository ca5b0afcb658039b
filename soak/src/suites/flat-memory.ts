import { cpus } from "node:os";
import { pattern, serve } from "@preload/core/testing";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { startChild } from "../world/children.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";

/** Megabytes. The largest wants as much space where temporary files are. */
function sizesAt(scale: number): number[] {
  if (scale >= 16) return [100, 500, 1000, 2000, 4000, 8000];
  return scale >= 4 ? [100, 500, 2000] : [100, 400];
}

/** Peak memory of a process of its own, for a small and for a large file. */
export async function flatMemory({ scale, say }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const sizes = sizesAt(scale);
  const peaks: number[] = [];
  for (const size of sizes) {
    peaks.push(await inScratch((dir) => peakOf(size * 1_000_000, dir)));
    say(`a file of ${size} MB: ${peaks.at(-1)} MB at the most`);
  }
  const [first = 0] = peaks;
  const last = peaks.at(-1) ?? 0;
  expect(
    last - first < 40,
    "memory over file size",
    `${first} MB for ${sizes[0]} MB, ${last} MB for ${sizes.at(-1)} MB`,
  );
  return {
    violations,
    measured: `peak RSS: ${sizes.map((size, index) => `${size} MB file ${peaks[index]} MB`).join(", ")}`,
    text: "The peak memory of a process that fetches one file does not grow with the file: a file several times as large adds less\nthan 40 MB.",
    ...(scale < 16 ? {} : { curves: new Map([["Memory over file size", curve(sizes, peaks)]]) }),
  };
}

function curve(sizes: readonly number[], peaks: readonly number[]): string {
  const lines = sizes.map((size, index) => `| ${size} MB | ${peaks[index]} MB |`);
  const machine = `${cpus()[0]?.model ?? "an unknown processor"} (${cpus().length} of them), Node ${process.version}`;
  return `The most memory (RSS) of a process of its own that fetches one file in ranges and verifies it, measured on ${machine},
by \`npm run test:soak -- --only memory --minutes 80\`.

| file | peak |
|---|---|
${lines.join("\n")}`;
}

async function peakOf(size: number, dir: string): Promise<number> {
  const body = pattern(size, 21);
  const origin = await serve(() => ({ body }));
  const manifest = manifestOf([fileEntry(`${origin.url}/model.bin`, "model.bin", body)]);
  const { maxRss, failure } = await startChild({ manifest, dir }).report;
  await origin.close();
  if (maxRss === undefined || failure !== undefined) throw new Error(failure);
  return Math.round(maxRss / 1024);
}
