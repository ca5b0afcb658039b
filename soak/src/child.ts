import { createHttp, type Manifest, type MaterializeEvent, materialize, PreloadError } from "@preload/core";

/** One process of several, or one whose memory is measured. Says at its end what happened, as JSON. */
const { manifest, dir } = JSON.parse(process.argv[2] ?? "") as { manifest: Manifest; dir: string };
const waits: MaterializeEvent[] = [];
const http = createHttp({ machine: { env: {} }, retryDelays: [0, 0] });
const onEvent = (event: MaterializeEvent) => void (event.type === "wait" && waits.push(event));
const report = await materialize(manifest, { dir, http, retryDelays: [0, 0], onEvent }).then(
  ({ fetched }) => ({ bytes: fetched.bytes }),
  (error: unknown) => ({ failure: error instanceof PreloadError ? error.code : String(error) }),
);
http.close();
process.stdout.write(JSON.stringify({ ...report, waits, maxRss: process.resourceUsage().maxRSS }));
