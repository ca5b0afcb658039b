import type { IncomingMessage } from "node:http";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

/** The commit that an answer of the Hub says a revision means, in a header or, where it describes a repository, as `sha`. */
export async function commitIn(answer: IncomingMessage, path: string): Promise<string | undefined> {
  const { "x-repo-commit": header, "content-type": type = "" } = answer.headers;
  if (typeof header === "string" && isCommit(header)) return header;
  const describes = /\/api\/(?:model|dataset|space)s\/[^/]+(?:\/[^/]+)?(?:\/revision\/[^/]+)?$/.test(path);
  if (answer.statusCode !== 200 || !describes || !type.includes("json")) return undefined;
  const body = await unpacked(await copyOf(answer), answer.headers["content-encoding"]);
  return shaIn(body);
}

/** Descriptions of the largest repositories are a few megabytes; whatever is larger is none. */
const most = 64 * 1024 * 1024;

/** What passes by, without holding it up. Undefined for what breaks off, or is too large to be looked at. */
function copyOf(answer: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) chunks.push(chunk);
      else chunks.length = 0;
    });
    answer.once("end", () => resolve(bytes <= most ? Buffer.concat(chunks) : undefined));
    answer.once("close", () => resolve(undefined));
  });
}

function unpacked(body: Buffer | undefined, encoding: string | undefined): Promise<Buffer | undefined> {
  const unpack = { gzip: gunzip, deflate: inflate, br: brotliDecompress }[encoding ?? ""];
  if (body === undefined || encoding === undefined || encoding === "identity") return Promise.resolve(body);
  if (unpack === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => unpack(body, (error, plain) => resolve(error ? undefined : plain)));
}

function shaIn(body: Buffer | undefined): string | undefined {
  if (body === undefined) return undefined;
  try {
    const { sha } = JSON.parse(body.toString("utf8")) as { sha?: unknown };
    return typeof sha === "string" && isCommit(sha) ? sha : undefined;
  } catch {
    return undefined; // Not the Hub's; the client will say so.
  }
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
