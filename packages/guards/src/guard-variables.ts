import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the guards lie: the file that Node is told to load first, and the folder that Python is told to import from. */
export interface GuardFiles {
  readonly node: string;
  readonly python: string;
}

export interface GuardOptions {
  /** The environment of the process to be started: what it has in PYTHONPATH and NODE_OPTIONS is kept. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the guards refuse by themselves, or only note. */
  readonly mode: "block" | "record";
  /** The file that every attempt is appended to. */
  readonly attempts?: string;
  /** Hosts, or `host:port`, that are nobody's business, besides loopback. */
  readonly allow?: readonly string[];
  /** @default the files of this package */
  readonly files?: GuardFiles;
}

/** What puts the guards into a Node or Python process and all its children. Changes nothing by itself. */
export function guardVariables(options: GuardOptions): Record<string, string> {
  const { env, files = filesOfPackage() } = options;
  return { ...nodeVariables(files.node, options), PYTHONPATH: once(env.PYTHONPATH, delimiter, files.python) };
}

/** What puts the guard at `file` into a Node process, and what it goes by. */
export function nodeVariables(file: string, options: GuardOptions): Record<string, string> {
  const { env, mode, attempts, allow = [] } = options;
  return {
    PRELOAD_GUARD: mode,
    ...(attempts === undefined ? {} : { PRELOAD_ATTEMPTS: attempts }),
    ...(allow.length === 0 ? {} : { PRELOAD_ALLOW: allow.join(",") }),
    NODE_OPTIONS: once(env.NODE_OPTIONS, " ", `--require=${quoted(file)}`),
  };
}

/** Where the guards lie in this package. */
export function filesOfPackage(): GuardFiles {
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  return { node: file("../dist/node-guard.cjs"), python: file("../python") };
}

/** In front of what is there, unless it is there already: a guarded program may start another one. */
function once(before: string | undefined, separator: string, added: string): string {
  if (!before) return added;
  const isThere = `${separator}${before}${separator}`.includes(`${separator}${added}${separator}`);
  return isThere ? before : `${added}${separator}${before}`;
}

/** As Node reads its variable: a path with a space is quoted, and within quotes a backslash is doubled. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, "\\$&")}"` : path;
}
