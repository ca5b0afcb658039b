import { createHttp, type Fetcher, type Machine } from "@preload/core";
import { type DemoOrigin, startDemoOrigin, whisperModel } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { type WhisperOptions, whisper } from "../src/index.ts";

/** A machine of which nothing is set. */
export const plain: Machine = { platform: "linux", env: {}, home: "/home/ada", cwd: "/srv" };

/** The bytes of a checkpoint that OpenAI does not publish. */
export const body = new TextEncoder().encode("my own checkpoint");

/** A CDN on loopback that holds `mine.pt`. */
export async function origin(): Promise<DemoOrigin & { sha256: string }> {
  const model = whisperModel({ name: "mine", bytes: body });
  const started = await startDemoOrigin({ catalog: { repos: [], whisper: [model], spacy: [], tokens: {} } });
  onTestFinished(() => started.close());
  return { ...started, sha256: model.sha256 };
}

/** A fetcher that asks once and for all. Without an endpoint, nobody. */
export function fetcherFor(endpoint = "http://127.0.0.1:1", options: WhisperOptions = {}): Fetcher {
  const { machine = plain } = options;
  return whisper({ machine, endpoints: [endpoint], http: createHttp({ machine, retryDelays: [] }), ...options });
}
