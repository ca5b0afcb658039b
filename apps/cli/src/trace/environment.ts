import { delimiter } from "node:path";
import { type GuardFiles, guardVariables } from "@preload/guards";
import type { Io } from "../io.ts";

interface Recorders {
  /** Of our proxy. */
  readonly proxy: string;
  /** Of our stand-in for the Hub. */
  readonly hub: string;
  /** The files that guards in Python and Node programs append to. */
  readonly attempts: string;
  readonly opened: string;
  readonly guards: GuardFiles;
  /** The caches whose files count when they are opened. */
  readonly caches: readonly string[];
}

/** What leads a process, and all that it starts, past those who take notes. */
export function recordedEnvironment(env: Io["env"], recorders: Recorders): Record<string, string> {
  const { proxy, hub, attempts, opened, guards, caches } = recorders;
  const ways = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  const variables = {
    ...Object.fromEntries(ways.map((name) => [name, proxy])),
    // What the caller's own list names is for our proxy to reach directly.
    NO_PROXY: "localhost,127.0.0.1,::1",
  };
  return {
    ...variables,
    // Python and curl read the small ones first; on Windows they are the same.
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value])),
    HF_ENDPOINT: hub,
    ...guardVariables({ env, mode: "record", attempts, files: guards }),
    PRELOAD_OPENED: opened,
    PRELOAD_OPENED_UNDER: caches.join(delimiter),
  };
}
