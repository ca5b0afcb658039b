import { createHttp, type MaterializeEvent, materialize, PreloadError } from "@preload/core";
import type { Job, Report } from "./world/children.ts";

/** One process of several, or one whose memory is measured. Tells whom it waits for, and at its end how it went. */
const job = JSON.parse(process.argv[2] ?? "") as Job;
const tell = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const http = createHttp({ machine: { env: {} }, retryDelays: [0, 0] });
const onEvent = (event: MaterializeEvent) => {
  if (event.type === "wait") tell({ wait: event });
};

async function report(): Promise<Report> {
  try {
    const { fetched } = await materialize(job.manifest, { ...job, http, retryDelays: [0, 0], onEvent });
    return { bytes: fetched.bytes };
  } catch (error) {
    if (!(error instanceof PreloadError)) return { failure: String((error as Error).stack) };
    const { code, message, hint } = error;
    return { failure: code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

tell({ report: { ...(await report()), maxRss: process.resourceUsage().maxRSS } });
http.close();
