import { existsSync, readFileSync, realpathSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionsFor, onDisk, PreloadError } from "@preload/core";
import { type GuardFiles, readAttempts } from "@preload/guards";
import { guardFiles } from "../attempts/guard-files.ts";
import type { Io } from "../io.ts";
import { recordedEnvironment } from "./environment.ts";
import { startHub } from "./hub.ts";
import type { Noted } from "./noted.ts";
import { startProxy } from "./proxy.ts";

export interface Recorded {
  readonly exitCode: number;
  readonly noted: readonly Noted[];
  /** Files in the caches that Python and Node programs opened to read. */
  readonly opened: readonly string[];
}

export interface RecordOptions {
  /** What the command would have without us. */
  readonly env: Io["env"];
  /** The Hub that the command's clients would ask. */
  readonly endpoint: URL;
  readonly caches: readonly string[];
  /** Runs the command to its end with these variables added. */
  run(variables: Readonly<Record<string, string>>): Promise<number>;
}

/** Lets a command run where all that it asks of the network is noted. When it has ended, nothing of that is left. */
export async function record({ env, endpoint, caches, run }: RecordOptions): Promise<Recorded> {
  const noted: Noted[] = [];
  const note = (one: Noted) => void noted.push(one);
  const agents = await connectionsFor(env);
  const folder = await mkdtemp(join(tmpdir(), "preload-trace-"));
  const [attempts, opened] = [join(folder, "attempts"), join(folder, "opened")];
  const [hub, proxy] = await Promise.all([startHub(endpoint, agents, note), startProxy(agents, note)]);
  try {
    const files = {
      attempts,
      opened,
      guards: await onDisk(folder, () => guardsIn(folder), "TMPDIR"),
      caches: withReal(caches),
    };
    const exitCode = await run(recordedEnvironment(env, { hub: hub.url, proxy: proxy.url, ...files }));
    await Promise.all([hub.close(), proxy.close()]);
    return { exitCode, noted: [...noted, ...guarded(attempts)], opened: linesIn(opened) };
  } finally {
    await Promise.all([hub.close(), proxy.close()]);
    agents.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The Hub that Python's client would ask in this environment. @throws PreloadError `USAGE` */
export function endpointIn({ HF_ENDPOINT: written }: Io["env"]): URL {
  const endpoint = written || "https://huggingface.co";
  if (/^https?:\/\/[^/]/.test(endpoint) && URL.canParse(endpoint)) return new URL(endpoint);
  throw new PreloadError("USAGE", `HF_ENDPOINT is ${JSON.stringify(endpoint)}, which is not the address of a Hub`, {
    hint: "It looks like https://huggingface.co; unset, it is that.",
  });
}

/** Without the plugin that lies beside Python's: pytest would find it, and tests under it end in another way. */
async function guardsIn(folder: string): Promise<GuardFiles> {
  const python = join(folder, "python");
  for (const name of ["sitecustomize.py", "preload_guard"]) {
    await cp(join(guardFiles.python, name), join(python, name), { recursive: true });
  }
  return { ...guardFiles, python };
}

/** What guards saw in the programs: of HTTPS, nobody else can see the path. */
function guarded(path: string): Noted[] {
  return readAttempts(path).map(({ host, port, method, path: asked }) => ({
    by: "guard",
    host: port === undefined || port === 443 || port === 80 ? host : `${host}:${port}`,
    ...(asked === undefined ? {} : { path: asked }),
    ...(method === undefined ? {} : { method }),
  }));
}

/** Each once, also by the name that is left when links are followed: clients do that. */
function withReal(caches: readonly string[]): string[] {
  return [...new Set(caches.flatMap((dir) => (existsSync(dir) ? [dir, realpathSync(dir)] : [dir])))];
}

function linesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return [...new Set(lines.flatMap((line) => pathIn(line)))];
}

function pathIn(line: string): string[] {
  try {
    const { opened } = JSON.parse(line) as { opened?: unknown };
    return typeof opened === "string" ? [opened] : [];
  } catch {
    return []; // Torn, or the last one, which is empty.
  }
}
