import { check, createHttp, type MaterializeEvent, materialize, PreloadError } from "../../src/index.ts";
import type { Job, Report } from "./run-child.ts";

const job = JSON.parse(process.argv[2] ?? "") as Job;
const { act, manifest, stallTimeout, ...options } = job;
const events: MaterializeEvent[] = [];

async function done(): Promise<Partial<Report>> {
  try {
    if (act === "check") return { problems: await check(manifest, options) };
    const http = createHttp({ machine: { env: process.env }, retryDelays: [0, 0], stallTimeout });
    // Bytes are left out: a large file makes thousands of these events.
    const onEvent = (event: MaterializeEvent) => void (event.type === "bytes" || events.push(event));
    return { outcome: await materialize(manifest, { ...options, http, retryDelays: [0, 0], onEvent }) };
  } catch (error) {
    const { message } = error as Error;
    return { error: error instanceof PreloadError ? { code: error.code, message, hint: error.hint } : { message } };
  }
}

const report = { ...(await done()), events, maxRss: process.resourceUsage().maxRSS };
process.stdout.write(JSON.stringify(report));
