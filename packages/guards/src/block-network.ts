import { syncBuiltinESMExports } from "node:module";
import { filesOfPackage, guardVariables } from "./guard-variables.ts";
import { guard } from "./node/guard.ts";

export interface BlockOptions {
  /** Hosts, or `host:port`, that may be reached besides loopback. */
  readonly allow?: readonly string[];
  /** A file that every attempt is appended to. @default PRELOAD_ATTEMPTS, which `preload exec` sets */
  readonly attempts?: string;
}

/**
 * From here on whatever this process, its threads and its children ask of another machine fails at once, with the host and
 * the way out. Children are reached by their environment, so `process.env` has more in NODE_OPTIONS and PYTHONPATH, and
 * PRELOAD_GUARD, PRELOAD_ATTEMPTS and PRELOAD_ALLOW. Returns what undoes all of it.
 */
export function blockNetwork(options: BlockOptions = {}): () => void {
  const { allow = [], attempts = process.env.PRELOAD_ATTEMPTS } = options;
  const settings = { mode: "block", allow, attempts } as const;
  const variables = guardVariables({ ...settings, env: process.env });
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  const undo = guard(filesOfPackage().node, settings);
  syncBuiltinESMExports();
  return () => {
    undo();
    syncBuiltinESMExports();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
