import { open } from "node:fs/promises";
import { join } from "node:path";
import { createHttp, type MaterializeEvent, materialize, PreloadError } from "@preload/core";
import { type Body, serve } from "@preload/core/testing";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
import { within } from "../world/within.ts";
import { type Moment, moments, type Stage } from "./abort-moments.ts";

/** How soon an abort is obeyed, whatever is going on, and what it leaves. */
export async function aborts({ only }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const took: string[] = [];
  for (const moment of moments.filter(({ what }) => only === undefined || what.includes(only))) {
    const where = `abort during ${moment.what}`;
    // A machine that is busy with other things may be late a few times, and is so with everything.
    let best = Number.POSITIVE_INFINITY;
    let allowed = 100;
    for (let attempt = 0; attempt < 5 && best > allowed; attempt += 1) {
      const { late, problems } = await inScratch((dir) => abortAt(moment, dir)).catch((error: Error) => ({
        late: 0,
        problems: [error.message],
      }));
      for (const problem of problems) expect(false, where, problem);
      best = Math.min(best, late);
      if (best > allowed) allowed = Math.max(allowed, 10 * (await inScratch(smallWrite)));
    }
    expect(best <= allowed, where, `takes ${Math.round(best)} ms, ${Math.round(allowed)} allowed`);
    took.push(`${moment.what} ${Math.round(best)} ms`);
  }
  return {
    violations,
    measured: `aborts: ${took.join("; ")}`,
    text: `An abort is obeyed within 100 ms, leaves nothing but partials, which the next run continues, during:\n\n${moments.map(({ what }) => `- ${what}`).join("\n")}`,
  };
}

/** Milliseconds until a small file is on the medium: one or two where nothing else is going on. */
async function smallWrite(dir: string): Promise<number> {
  const start = performance.now();
  const file = await open(join(dir, "small"), "w");
  await file.write(Buffer.alloc(20_000));
  await file.datasync();
  await file.close();
  return performance.now() - start;
}

async function abortAt(moment: Moment, dir: string): Promise<{ late: number; problems: string[] }> {
  const bodies = new Map<string, Body | Uint8Array>();
  const origin = await serve(({ path }) => {
    const body = bodies.get(path);
    return body === undefined ? undefined : { body };
  });
  const http = createHttp({ machine: { env: {} }, retryDelays: [0] });
  const stop = new AbortController();
  const told: MaterializeEvent[] = [];
  const stage: Stage = {
    dir,
    origin,
    bodies,
    told,
    http,
    signal: stop.signal,
    run: (manifest, options = {}) =>
      materialize(manifest, {
        dir,
        http,
        retryDelays: [0],
        signal: stop.signal,
        onEvent: (event) => void told.push(event),
        ...options,
      }),
  };
  const begun = await moment.start(stage);
  const outcome = begun.work.then(
    () => "it came to its end before",
    (error: unknown) =>
      error instanceof PreloadError && error.code === "ABORTED"
        ? undefined
        : `it ends with ${(error as Error).message}`,
  );
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  try {
    await until("it is under way", () => isOver || begun.isUnderWay());
    const start = performance.now();
    stop.abort();
    const problem = await within(20_000, () => outcome).catch((error: Error) => error.message);
    const late = performance.now() - start;
    if (problem !== undefined) return { late, problems: [problem] };
    const left = (await leftoversIn(dir)).filter((name) => !name.endsWith(".part") && !begun.spares?.test(name));
    const problems = left.length > 0 ? [`left over: ${left.join(", ")}`] : [];
    if (begun.continued) {
      origin.clear();
      const { continued } = begun;
      await stage.run(continued, { signal: undefined });
      const size = continued.entries.reduce((sum, entry) => sum + ("size" in entry ? entry.size : 0), 0);
      if (origin.bytesSent >= size) problems.push("the next run fetches everything again");
    }
    return { late, problems };
  } finally {
    await begun.end?.();
    http.close();
    await origin.close();
  }
}
