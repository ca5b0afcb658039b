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
it waits, each \`discard\` why. A \`stall\` or a \`throttle\` that names a wait is followed by its \`retry\`, which says so, and one
that names none by no retry of that address. A \`resume\` comes at most once for what an earlier try left and once for each
\`retry\`, and never says that more is there than the bytes reported.`,
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
  return [...found, ...pausesIn(own)].map((what) => `${path}: ${what}`);
}

/** What does not hold of stalls, throttles, retries and resumes. */
function pausesIn(own: readonly MaterializeEvent[]): string[] {
  const found: string[] = [];
  let sum = 0;
  let mayResume: "partial" | "retry" | undefined;
  own.forEach((event, index) => {
    const [before, after] = [own[index - 1], own[index + 1]];
    switch (event.type) {
      case "bytes":
        sum += event.bytes;
        return;
      case "fetch":
        mayResume = event.from > 0 ? "partial" : undefined;
        return;
      case "discard":
        mayResume = undefined;
        return;
      case "stall":
      case "throttle":
        mayResume = undefined;
        if (event.wait === undefined && after?.type === "retry") found.push(`a retry after a ${event.type} without`);
        if (event.wait === undefined) return;
        if (after?.type !== "retry" || after.after !== event.type || after.wait !== event.wait)
          found.push(`${after?.type} after a ${event.type} with a wait`);
        return;
      case "retry":
        mayResume = "retry";
        if (event.after !== undefined && before?.type !== event.after) found.push(`a retry after no ${event.after}`);
        if (event.after === undefined && (before?.type === "stall" || before?.type === "throttle"))
          found.push(`a retry that does not know of the ${before.type} before it`);
        return;
      case "resume":
        if (event.after !== mayResume) found.push(`a resume after ${event.after}, not ${mayResume}`);
        if (event.from > sum) found.push(`a resume from ${event.from} of ${sum} bytes`);
        mayResume = undefined;
    }
  });
  return found;
}

function faultFrom(random: Random): Fault {
  const at = random.between(0, 2 * megabyte);
  return random.oneOf<Fault>([
    { type: "cut", at },
    { type: "reset", at },
    { type: "reset" },
    { type: "stall", at },
    { type: "status", status: 503 },
    { type: "status", status: 429, headers: { "retry-after": "0" } },
    { type: "slow", bytesPerSecond: 40 },
    { type: "status", status: 404 },
    { type: "wrong-byte", at: random.between(0, 4095) },
    { type: "wrong-length", by: random.between(-50, 50) || 1 },
    { type: "ignore-range" },
    { type: "range-not-satisfiable" },
    { type: "html" },
    { type: "gzip" },
  ]);
}
