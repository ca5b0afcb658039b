import { createHttp, materialize, type Throttle, throttleTo } from "@preload/core";
import { type Body, pattern, serve } from "@preload/core/testing";
import { createVerdict, type Suite } from "../suite.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";

const megabyte = 1_000_000;
const tolerance = 0.05;

interface Mix {
  readonly what: string;
  /** Files that together have about so many bytes. */
  filesOf(bytes: number): Body[];
}

const mixes: readonly Mix[] = [
  { what: "one large file", filesOf: (bytes) => [pattern(Math.max(bytes, 17 * megabyte), 81)] },
  {
    what: "large, medium and small files at once",
    filesOf: (bytes) => [
      pattern(Math.max(bytes * 0.5, 17 * megabyte), 82),
      pattern(Math.round(Math.min(bytes * 0.2, 12 * megabyte)), 83),
      pattern(Math.round(Math.min(bytes * 0.2, 12 * megabyte)), 84),
      ...Array.from({ length: 100 }, (_, index) => pattern(Math.round(bytes * 0.0008) + index, 85 + index)),
    ],
  },
];

/** Whether a rate that was asked for is kept, and used. */
export const rate: Suite = {
  name: "rate",
  title: "Rate",
  async run(effort) {
    const { violations, expect } = createVerdict();
    const measured: string[] = [];
    const rates = effort.scale >= 1 ? [5, 20, 80, 200] : [20];
    const seconds = effort.scale >= 1 ? 5 : 3;
    for (const asked of rates) {
      for (const { what, filesOf } of mixes) {
        const where = `${asked} MB/s, ${what}`;
        if (effort.only !== undefined && !where.includes(effort.only)) continue;
        const files = filesOf(asked * seconds * megabyte);
        const free = await inScratch((dir) => rateOf(files, dir));
        // A machine that can hardly do more says nothing about what is lost to the rate.
        const isFast = free > 3 * asked * megabyte;
        let best = 0;
        for (let attempt = 0; attempt < 3 && best < asked * (1 - tolerance); attempt += 1) {
          const received = (await inScratch((dir) => rateOf(files, dir, asked * megabyte))) / megabyte;
          expect(received <= asked * (1 + tolerance), where, `${received.toFixed(2)} MB/s`);
          best = Math.max(best, received);
        }
        if (isFast) expect(best >= asked * (1 - tolerance), where, `only ${best.toFixed(2)} MB/s`);
        const without = `${(free / megabyte).toFixed(0)} MB/s without`;
        measured.push(`${where}: ${best.toFixed(2)} MB/s (${without}${isFast ? "" : ", too slow to tell"})`);
        effort.say(measured.at(-1) ?? "");
      }
    }
    return {
      violations,
      measured: measured.join("\n"),
      text: `What \`--max-rate\` and \`throttleTo\` are told is kept to within 5 %, below as well as above, over all files together: for one
large file, and for large, medium and small ones at once, from some megabytes a second to a third of what the machine can do.`,
    };
  },
};

/** Bytes per second, from the beginning to the last byte. */
async function rateOf(files: readonly Body[], dir: string, asked?: number): Promise<number> {
  const origin = await serve(({ path }) => ({ body: files[Number(path.slice(1))] ?? "" }));
  const manifest = manifestOf(files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body)));
  const http = createHttp({ machine: { env: {} } });
  const throttle = asked === undefined ? undefined : throttleTo(asked);
  let taken = 0;
  const start = performance.now();
  let last = start;
  const watched: Throttle = {
    ...throttle,
    async take(bytes, signal) {
      await throttle?.take(bytes, signal);
      taken += bytes;
      last = performance.now();
    },
  };
  await materialize(manifest, { dir, http, throttle: watched });
  http.close();
  await origin.close();
  return (taken / (last - start)) * 1000;
}
