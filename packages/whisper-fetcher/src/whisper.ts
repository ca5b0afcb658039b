import { posix, win32 } from "node:path";
import {
  createHttp,
  type Fetcher,
  formatRef,
  type Http,
  type Machine,
  PreloadError,
  type Ref,
  thisMachine,
} from "@preload/core";
import { cacheDir } from "./cache-dir.ts";
import { checkpointFor, publicBase } from "./checkpoints.ts";
import { clientEnvironment } from "./environment.ts";
import { resolveCheckpoint } from "./resolve.ts";

export interface WhisperOptions {
  /** @default the process's own */
  readonly machine?: Machine;
  /** What the program passes as `download_root`. @default where whisper.load_model looks by itself */
  readonly dir?: string;
  /** Bases to ask instead of OpenAI's, in order: `BASE/<sha256>/<file>`. @default [] */
  readonly endpoints?: readonly string[];
  /** @default one of its own */
  readonly http?: Http;
}

/** What openai-whisper wants: one file of an exact name and digest, in one directory. */
export function whisper(options: WhisperOptions = {}): Fetcher {
  const { machine = thisMachine(), endpoints = [], http = createHttp({ machine }) } = options;
  const { resolve: resolvePath } = machine.platform === "win32" ? win32 : posix;
  const { dir, rule } =
    options.dir === undefined ? cacheDir(machine) : { dir: resolvePath(machine.cwd, options.dir), rule: "dir" };
  const mirrors = [{ base: publicBase, mirrors: endpoints.map((base) => `${base.replace(/\/+$/, "")}/`) }];
  return {
    name: "whisper",
    dir,
    dirRule: rule,
    mirrors,
    http,
    environment: clientEnvironment(dir, machine),
    symlinks: true,
    canonical,
    owns: (ref) => {
      const file = checkpointFor(ref.name)?.file ?? `${ref.name.replace(/\.pt$/, "")}.pt`;
      return (path) => path === file;
    },
    resolve: async (ref, { signal } = {}) => {
      canonical(ref);
      return resolveCheckpoint(ref, { http, mirrors, signal });
    },
  };
}

/** The zod schema of what the config may say beside a whisper ref. Loads the validator. */
export async function whisperOptions(): Promise<typeof import("./options.ts").schema> {
  return (await import("./options.ts")).schema;
}

function canonical(ref: Ref): string {
  if (ref.scheme !== "whisper") throw new PreloadError("BAD_REF", `${formatRef(ref)} is no whisper ref`);
  if (ref.revision !== undefined && !/^[0-9a-f]{64}$/.test(ref.revision)) {
    throw new PreloadError("BAD_REF", `${formatRef(ref)}: a checkpoint has no revision but its sha256`, {
      hint: `Write whisper:${ref.name}.`,
    });
  }
  return formatRef(ref);
}
