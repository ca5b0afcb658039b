import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  check,
  createHttp,
  type Manifest,
  type MaterializeOptions,
  materialize,
  PreloadError,
  throttleTo,
} from "@preload/core";
import { type Origin, pattern, serve } from "@preload/core/testing";
import { createVerdict, type Effort, type Findings, type Suite } from "../suite.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { within } from "../world/within.ts";

const megabyte = 1024 * 1024;

/** Whether a process that uses the library for long stays as it was, and lets go when it is told to. */
export const memory: Suite = {
  name: "memory",
  title: "Memory, handles and aborts",
  async run(effort) {
    const { violations, expect } = createVerdict();
    const measured: string[] = [];
    const rules: string[] = [];
    for (const part of [manyInstalls, aborts, flatMemory]) {
      const found = await part(effort);
      violations.push(...found.violations);
      measured.push(found.measured ?? "");
      rules.push(found.text);
      effort.say(found.measured ?? "");
    }
    expect(rules.length > 0, "memory", "nothing was looked at");
    return { violations, measured: measured.join("\n"), text: rules.join("\n\n") };
  },
};

async function manyInstalls(): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const files = [1, 2, 3].map((seed) => pattern(4096, seed));
  const large = pattern(17 * megabyte, 9);
  const before = handles();
  const origin = await serve(({ path }) => ({
    body: path === "/large" ? large : (files[Number(path.slice(1))] ?? ""),
  }));
  const manifest = manifestOf(files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body)));
  const samples: number[] = [];
  await inScratch(async (root) => {
    for (let count = 1; count <= 1000; count += 1) {
      const dir = join(root, `${count}`);
      const http = createHttp({ machine: { env: {} } });
      await materialize(manifest, { dir, http, stateDir: join(root, "state") });
      http.close();
      await rm(dir, { recursive: true });
      // What the origin remembers is no memory of ours.
      origin.clear();
      if (count % 250 === 0) samples.push(heap());
    }
    const http = createHttp({ machine: { env: {} } });
    await materialize(manifestOf([fileEntry(`${origin.url}/large`, "large.bin", large)]), { dir: root, http });
    http.close();
  });
  await origin.close();
  await pause(200);
  const after = handles();
  const [early = 0] = samples;
  const late = samples.at(-1) ?? 0;
  expect(late - early < 4 * megabyte, "1000 installs", `the heap grew by ${late - early} bytes over the last 750`);
  expect(after.sockets <= before.sockets, "1000 installs", `${after.sockets - before.sockets} sockets stay open`);
  // The first use of a thread pool and of timers opens a few that stay.
  expect(after.files <= before.files + 4, "1000 installs", `${after.files - before.files} descriptors stay open`);
  expect(after.threads <= before.threads + 5, "1000 installs", `${after.threads - before.threads} threads stay`);
  return {
    violations,
    measured: `heap after 250, 500, 750, 1000 installs: ${samples.map((bytes) => (bytes / 1e6).toFixed(1)).join(", ")} MB; handles before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`,
    text: "A thousand installs in one process, each with its own HTTP stack: the heap grows by less than 4 MiB over the last 750,\nand after `http.close()` no socket is open and no hashing thread is left.",
  };
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

/** Linux only; elsewhere nothing is found, and nothing can be said. */
function handles(): { files: number; sockets: number; threads: number } {
  const count = (folder: string) => {
    try {
      return readdirSync(folder).length;
    } catch {
      return 0;
    }
  };
  const sockets = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)SocketWrap$/.test(name)).length;
  return { files: count("/proc/self/fd"), sockets, threads: count("/proc/self/task") };
}

interface Moment {
  readonly what: string;
  /** Starts something that takes long, and says when it is under way. */
  start(stage: Stage, signal: AbortSignal): { readonly work: Promise<unknown>; readonly leaves?: boolean };
  /** Milliseconds until it is under way. */
  readonly after: number;
}

interface Stage {
  readonly dir: string;
  readonly origin: Origin;
  readonly manifest: (name: string) => Manifest;
  readonly run: (name: string, options: Partial<MaterializeOptions>) => Promise<unknown>;
}

const moments: readonly Moment[] = [
  {
    what: "a request for facts that is not answered",
    start: ({ origin }, signal) => ({
      work: createHttp({ machine: { env: {} } }).get(`${origin.url}/never`, { signal }),
    }),
    after: 100,
  },
  {
    what: "a file in one go",
    start: ({ run }, signal) => ({ work: run("slow-medium", { signal }), leaves: true }),
    after: 300,
  },
  {
    what: "a file in ranges",
    start: ({ run }, signal) => ({ work: run("slow-large", { signal }), leaves: true }),
    after: 900,
  },
  {
    what: "a rate that was asked for",
    start: ({ run }, signal) => ({ work: run("medium", { signal, throttle: throttleTo(300_000) }), leaves: true }),
    after: 300,
  },
  {
    what: "a wait between two tries",
    start: ({ run }, signal) => ({ work: run("refused", { signal, retryDelays: [60_000] }) }),
    after: 200,
  },
  {
    what: "a wait for another transfer of the same file",
    start: ({ run }, signal) => {
      const first = new AbortController();
      const other = run("slow-medium", { signal: first.signal }).catch(() => {});
      const work = pause(150).then(() => run("slow-medium", { signal }));
      const end = () => {
        first.abort();
        return other;
      };
      return { work: work.finally(end) };
    },
    after: 400,
  },
  {
    what: "a deep check",
    start: ({ dir, run, manifest }, signal) => ({
      work: run("large", {}).then(() =>
        Promise.all(Array.from({ length: 40 }, () => check(manifest("large"), { dir, depth: "deep", signal }))),
      ),
    }),
    after: 900,
  },
];

async function aborts({ only }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const took: string[] = [];
  for (const moment of moments.filter(({ what }) => only === undefined || what.includes(only))) {
    // A machine that is busy with other things may be late once.
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3 && best > 100; attempt += 1) {
      const { late, problem } = await inScratch((dir) => abortAt(moment, dir));
      if (problem !== undefined) expect(false, `abort during ${moment.what}`, problem);
      best = Math.min(best, late);
    }
    expect(best <= 100, `abort during ${moment.what}`, `takes ${Math.round(best)} ms`);
    took.push(`${moment.what} ${Math.round(best)} ms`);
  }
  return {
    violations,
    measured: `aborts: ${took.join("; ")}`,
    text: `An abort is obeyed within 100 ms, and leaves a partial that the next run continues, during:\n\n${moments.map(({ what }) => `- ${what}`).join("\n")}`,
  };
}

async function abortAt(moment: Moment, dir: string): Promise<{ late: number; problem?: string }> {
  const bodies = { medium: pattern(3 * megabyte, 2), large: pattern(40 * megabyte, 4) };
  const bodyOf = (name: string) => (name.endsWith("large") ? bodies.large : bodies.medium);
  const origin = await serve(({ path }) => (path === "/refused" ? { status: 503 } : { body: bodyOf(path) }));
  origin.fault("slow", { type: "slow", bytesPerSecond: 2_500_000 });
  origin.fault("never", { type: "stall" });
  const manifest = (name: string) => manifestOf([fileEntry(`${origin.url}/${name}`, "model.bin", bodyOf(name))]);
  const http = createHttp({ machine: { env: {} }, retryDelays: [0] });
  const run = (name: string, options: Partial<MaterializeOptions>) =>
    materialize(manifest(name), { dir, http, retryDelays: [0], ...options });
  const stop = new AbortController();
  const { work, leaves } = moment.start({ dir, origin, manifest, run }, stop.signal);
  const outcome = work.then(
    () => "it came to its end before",
    (error: unknown) =>
      error instanceof PreloadError && error.code === "ABORTED"
        ? undefined
        : `it ends with ${(error as Error).message}`,
  );
  await pause(moment.after);
  const start = performance.now();
  stop.abort();
  const problem = await within(20_000, () => outcome).catch((error: Error) => error.message);
  const late = performance.now() - start;
  let lost: string | undefined;
  if (leaves && problem === undefined) {
    origin.clear();
    const name = moment.what === "a file in ranges" ? "large" : "medium";
    await run(name, {});
    if (origin.bytesSent >= bodyOf(name).size) lost = "the next run fetches everything again";
  }
  http.close();
  await origin.close();
  const told = problem ?? lost;
  return told === undefined ? { late } : { late, problem: told };
}

/** Peak memory of a process of its own, for a small and for a large file. */
async function flatMemory({ scale }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const sizes = scale >= 4 ? [100, 500, 2000] : [100, 400];
  const peaks: number[] = [];
  for (const size of sizes) peaks.push(await inScratch((dir) => peakOf(size * 1_000_000, dir)));
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
  };
}

async function peakOf(size: number, dir: string): Promise<number> {
  const body = pattern(size, 21);
  const origin = await serve(() => ({ body }));
  const manifest = manifestOf([fileEntry(`${origin.url}/model.bin`, "model.bin", body)]);
  const child = spawn(process.execPath, [
    fileURLToPath(new URL("child.js", import.meta.url)),
    JSON.stringify({ manifest, dir }),
  ]);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  await origin.close();
  if (out === "") throw new Error(err);
  return Math.round((JSON.parse(out) as { maxRss: number }).maxRss / 1024);
}
