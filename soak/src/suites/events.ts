import { createHttp, type MaterializeEvent, materialize } from "@preload/core";
import { type Fault, pattern, serve } from "@preload/core/testing";
import { type Random, randomFrom } from "../random.ts";
import { createVerdict, type Suite } from "../suite.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { within } from "../world/within.ts";

const megabyte = 1024 * 1024;
const files = [pattern(4096, 41), pattern(90_000, 42), pattern(3 * megabyte, 43), pattern(18 * megabyte + 9, 44)];

/** What is promised of events, under faults that nobody chose. */
export const events: Suite = {
  name: "events",
  title: "Events",
  async run(effort) {
    const { violations, expect } = createVerdict();
    const rounds = Math.max(1, Math.round(40 * effort.scale));
    for (let round = 0; round < rounds; round += 1) {
      const seed = effort.seed * 10_000 + round;
      for (const what of await inScratch((dir) => broken(dir, randomFrom(seed)))) {
        expect(false, `round ${round + 1} of seed ${effort.seed}`, what);
      }
    }
    return {
      violations,
      text: `Four files, each under faults chosen at random. For every file \`fetch\` comes before \`bytes\`, and \`placed\` once and last; the
bytes reported add up to the size when it is placed, and to nothing when it is not; each \`retry\` says why and how long
it waits, each \`discard\` why.`,
    };
  },
};

async function broken(dir: string, random: Random): Promise<string[]> {
  const origin = await serve(({ path }) => ({ body: files[Number(path.slice(1))] ?? "" }));
  for (let count = random.between(1, 6); count > 0; count -= 1) {
    origin.fault(`/${random.between(0, files.length - 1)}`, faultFrom(random), random.between(1, 2));
  }
  const entries = files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body));
  const told: MaterializeEvent[] = [];
  const http = createHttp({ machine: { env: {} }, stallTimeout: 500 });
  const onEvent = (event: MaterializeEvent) => void told.push(event);
  const options = { dir, http, retryDelays: [0, 0, 0], onEvent };
  await within(60_000, () => materialize(manifestOf(entries), options)).catch((error: Error & { code?: string }) => {
    if (error.code === undefined) throw error;
  });
  http.close();
  await origin.close();
  return entries.flatMap(({ path, size }) => problemsOf(path, size, told));
}

function problemsOf(path: string, size: number, told: readonly MaterializeEvent[]): string[] {
  const own = told.filter((event) => "path" in event && event.path === path && event.type !== "check");
  const types = own.map(({ type }) => type);
  const found: string[] = [];
  const sum = own.reduce((bytes, event) => bytes + (event.type === "bytes" ? event.bytes : 0), 0);
  const placed = types.filter((type) => type === "placed").length;
  if (types.includes("bytes") && types.indexOf("fetch") > types.indexOf("bytes")) found.push("bytes before fetch");
  if (types.includes("bytes") && !types.includes("fetch")) found.push("bytes without fetch");
  if (placed > 1) found.push(`placed ${placed} times`);
  if (placed === 1 && types.at(-1) !== "placed") found.push(`${types.at(-1)} after placed`);
  if (sum !== (placed === 1 ? size : 0)) found.push(`bytes add up to ${sum} of ${size}, placed ${placed} times`);
  for (const event of own) {
    if (event.type === "retry" && (event.why === "" || !(event.wait >= 0))) found.push("a retry without why or wait");
    if (event.type === "discard" && event.why === "") found.push("a discard without why");
  }
  return found.map((what) => `${path}: ${what}`);
}

function faultFrom(random: Random): Fault {
  const at = random.between(0, 2 * megabyte);
  return random.oneOf<Fault>([
    { type: "cut", at },
    { type: "reset", at },
    { type: "reset" },
    { type: "stall", at },
    { type: "status", status: 503 },
    { type: "status", status: 404 },
    { type: "wrong-byte", at: random.between(0, 4095) },
    { type: "wrong-length", by: random.between(-50, 50) || 1 },
    { type: "ignore-range" },
    { type: "range-not-satisfiable" },
    { type: "html" },
    { type: "gzip" },
  ]);
}
