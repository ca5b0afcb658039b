import { type Digest, PreloadError } from "@preload/core";

/** One line of a wheel's RECORD. The line of RECORD itself has neither digest nor size. */
export interface RecordLine {
  readonly path: string;
  readonly digest: Digest | undefined;
  /** In bytes. */
  readonly size: number | undefined;
}

/** Reads the list of files that a wheel installs: `path,sha256=<urlsafe base64>,<size>`, as CSV. */
export function parseRecord(text: string, name: string): readonly RecordLine[] {
  return rowsOf(text, name).map(([path = "", hash = "", size = ""]) => ({
    path,
    digest: hash === "" ? undefined : digestOf(hash, path, name),
    size: size === "" ? undefined : Number(size),
  }));
}

/** The same list as text, quoted as Python's csv module quotes. */
export function formatRecord(lines: readonly RecordLine[]): string {
  return lines.map(({ path, digest, size }) => `${[quoted(path), hashOf(digest), size ?? ""].join(",")}\n`).join("");
}

function digestOf(hash: string, path: string, name: string): Digest {
  const [, base64 = ""] = /^sha256=([\w-]+)=*$/.exec(hash) ?? [];
  const bytes = Buffer.from(base64, "base64url");
  if (bytes.length === 32) return `sha256:${bytes.toString("hex")}`;
  throw new PreloadError("BAD_ANSWER", `${name}: its RECORD has no sha256 for ${path}, but ${JSON.stringify(hash)}`);
}

function hashOf(digest: Digest | undefined): string {
  if (digest === undefined) return "";
  const [kind = "", hex = ""] = digest.split(":");
  return `${kind}=${Buffer.from(hex, "hex").toString("base64url")}`;
}

function quoted(path: string): string {
  return /[",\r\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
}

// A field is either quoted, with "" for a quote, or has neither quotes nor separators.
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function rowsOf(text: string, name: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  field.lastIndex = 0;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (!found) throw new PreloadError("BAD_ANSWER", `${name}: its RECORD is no CSV in line ${rows.length}`);
    const [, inQuotes, plain = "", end] = found;
    rows.at(-1)?.push(inQuotes?.replaceAll('""', '"') ?? plain);
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}
