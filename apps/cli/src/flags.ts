import { PreloadError } from "@preload/core";

/** What every command understands. */
export interface Flags {
  readonly config?: string;
  readonly cwd?: string;
  readonly profile?: readonly string[];
  readonly only?: readonly string[];
  readonly concurrency?: number;
  readonly offline?: boolean;
  readonly online?: boolean;
  readonly frozen?: boolean;
  readonly cacheRoot?: string;
  readonly endpoint?: readonly Endpoint[];
  readonly python?: string;
  /** Seconds. */
  readonly timeout?: number;
  /** Seconds. */
  readonly stallTimeout?: number;
  /** Bytes per second. */
  readonly maxRate?: number;
  readonly json?: boolean;
  readonly format?: Form;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: boolean;
  readonly yes?: boolean;
}

export type Form = "text" | "json" | "ndjson";

/** The form of the result. */
export function formOf(flags: Pick<Flags, "json" | "format">): Form {
  return flags.json ? "json" : (flags.format ?? "text");
}

/** What the environment says in place of flags that were not given. */
export function withEnvironment(flags: Flags, env: Readonly<Record<string, string | undefined>>): Flags {
  const found = variables.flatMap(([name, flag, read]) => {
    const text = env[name];
    return text && flags[flag] === undefined ? [[flag, named(name, text, read)]] : [];
  });
  return { ...flags, ...Object.fromEntries(found) };
}

const variables: readonly [name: string, flag: keyof Flags, read: (text: string) => unknown][] = [
  ["PRELOAD_CONFIG", "config", (text) => text],
  ["PRELOAD_CACHE_ROOT", "cacheRoot", (text) => text],
  ["PRELOAD_PYTHON", "python", (text) => text],
  ["PRELOAD_PROFILE", "profile", (text) => names(text)],
  ["PRELOAD_ONLY", "only", (text) => names(text)],
  ["PRELOAD_CONCURRENCY", "concurrency", count],
  ["PRELOAD_TIMEOUT", "timeout", seconds],
  ["PRELOAD_STALL_TIMEOUT", "stallTimeout", seconds],
  ["PRELOAD_MAX_RATE", "maxRate", rate],
];

/** The variables of ours, but for those that each source has. */
export const variableNames: readonly string[] = [
  ...variables.map(([name]) => name),
  "PRELOAD_OFFLINE",
  "PRELOAD_STATE_DIR",
  "PRELOAD_RUN_LOG",
];

/** The variable that stands in for a flag, by the flag's name in camel case. */
export function variableFor(flag: string): string | undefined {
  const [name] = variables.find(([, known]) => known === flag) ?? [];
  return name ?? { endpoint: "PRELOAD_<NAME>_ENDPOINT", offline: "PRELOAD_OFFLINE=1" }[flag];
}

function named(name: string, text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof PreloadError)) throw error;
    throw new PreloadError(
      error.code,
      `${name}: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

export interface Endpoint {
  readonly source: string;
  readonly urls: readonly string[];
}

/** `hf=https://mirror.example,https://huggingface.co` */
export function endpoint(text: string): Endpoint {
  const at = text.indexOf("=");
  const urls = text
    .slice(at + 1)
    .split(",")
    .map((url) => url.trim());
  if (at < 1 || !urls.every((url) => /^https?:\/\/[^/]/.test(url))) {
    throw new PreloadError("USAGE", `--endpoint ${text} is not NAME=URL`, {
      hint: "For example --endpoint hf=https://mirror.example.",
    });
  }
  return { source: text.slice(0, at), urls };
}

/** Seconds, or with a unit: `90`, `90s`, `10m`, `2h`. */
export function seconds(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  if (!found)
    throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a time`, {
      hint: "For example 90, 90s, 10m or 2h.",
    });
  return Number(found[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[(found[2] ?? "s") as "s"];
}

/** Bytes per second: `500k`, `20M`, `1.5MB`, `1GiB`; k, M and G are powers of 1000, KiB, MiB and GiB of 1024. */
export function rate(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([kmg]?)(i?)b?(?:\/s)?$/i.exec(text.trim());
  const bytes = found
    ? Number(found[1]) * (found[3] ? 1024 : 1000) ** " kmg".indexOf(found[2]?.toLowerCase() || " ")
    : 0;
  if (bytes < 1)
    throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a rate`, {
      hint: "For example 500k, 20M or 1GiB, in bytes per second.",
    });
  return bytes;
}

/** A directory. An empty text is what `--cache-root "$UNSET"` gives, and would be the working directory. */
export function dir(text: string): string {
  if (text !== "") return text;
  throw new PreloadError("USAGE", "an empty text names no directory", {
    hint: "Look whether the variable it comes from is set.",
  });
}

export function file(text: string): string {
  if (text !== "") return text;
  throw new PreloadError("USAGE", "an empty text names no file", {
    hint: "Look whether the variable it comes from is set.",
  });
}

/** `1000` or `1000:1000`: a user, and a group or the one of the same number. */
export function user(text: string): { readonly uid: number; readonly gid: number } {
  const [, uid, gid = uid] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  // The largest that docker takes.
  const isUser = Math.max(Number(uid), Number(gid)) <= 2 ** 31 - 1;
  if (isUser) return { uid: Number(uid), gid: Number(gid) };
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a user's number`, {
    hint: "For example 1000, or with the group 1000:1000; `id` prints both.",
  });
}

/** The mode of files, in octal: `0444`. Whoever runs this has to be able to read them. */
export function fileMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text) && Number.parseInt(text, 8) & 0o400) return Number.parseInt(text, 8);
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a mode for files`, {
    hint: "For example 0644, or 0444 for files that nobody writes.",
  });
}

/** A TCP port, behind those that were given before. */
export function ports(text: string, before: readonly number[] = []): number[] {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return [...new Set([...before, port])];
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a port`, {
    hint: "A port is a number from 1 to 65535, such as 5432.",
  });
}

export function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 128) {
    throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a whole number from 1 to 128`, {
      hint: "It says how many files are fetched at once; 8 if it is left out.",
    });
  }
  return number;
}

/** As it is, behind those that were given before. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** `whisper,spacy` or repeated. None is what `--only "$UNSET"` gives, and would leave every model out and pass for success. */
export function names(text: string, before: readonly string[] = []): string[] {
  const said = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (said.length > 0) return [...before, ...said];
  throw new PreloadError("USAGE", `${JSON.stringify(text)} names nothing`, {
    hint: "Look whether the variable it comes from is set.",
  });
}
