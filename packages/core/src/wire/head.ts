import { Unusual } from "./unusual.ts";

/** The head of an answer. */
export interface Head {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, in bytes. Infinity when only its end tells. */
  readonly length: number;
  readonly isChunked: boolean;
  readonly keepAlive: boolean;
}

/** Where the body begins, or undefined while the head is not complete. */
export function headEnd({ buffer, byteOffset, byteLength }: Uint8Array): number | undefined {
  const at = Buffer.from(buffer, byteOffset, byteLength).indexOf("\r\n\r\n");
  return at === -1 ? undefined : at + 4;
}

/** @throws Unusual for whatever is not a plain HTTP/1.1 answer */
export function parseHead(bytes: Uint8Array): Head {
  const [first = "", ...lines] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength - 4)
    .toString("latin1")
    .split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined || hasControls(first))
    throw new Unusual(`an answer that begins with ${JSON.stringify(first.slice(0, 40))}`);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    // What is read one way here and another way by a proxy before us would be another answer.
    if (!isName.test(line.slice(0, Math.max(0, at)))) throw new Unusual("a header without a name");
    if (hasControls(line)) throw new Unusual("a header with control characters");
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const length = lengthOf(Number(status), headers);
  const isChunked = headers["transfer-encoding"]?.toLowerCase() === "chunked";
  const keepAlive = length !== Number.POSITIVE_INFINITY && !/\bclose\b/i.test(headers.connection ?? "");
  return { status: Number(status), headers, length, isChunked, keepAlive };
}

const isName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

function hasControls(line: string): boolean {
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

function lengthOf(status: number, headers: Readonly<Record<string, string>>): number {
  if (status < 200) throw new Unusual(`status ${status}`);
  if (status === 204 || status === 304) return 0;
  const coding = headers["transfer-encoding"]?.toLowerCase();
  if (coding !== undefined && coding !== "chunked") throw new Unusual(`transfer-encoding ${coding}`);
  const length = headers["content-length"];
  if (coding !== undefined && length !== undefined) throw new Unusual("a length and chunks");
  if (coding !== undefined || length === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(Number(length))) throw new Unusual(`content-length ${length}`);
  return Number(length);
}
