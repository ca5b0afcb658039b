import type { IncomingMessage, ServerResponse } from "node:http";

/** Bytes under a name, put and got as clients of a block store do. */
export interface Blobs {
  readonly whole: Map<string, Buffer>;
  /** True when the request was one for a blob, and is answered. */
  answer(message: IncomingMessage, response: ServerResponse, body: Buffer): boolean;
}

export function blobs(): Blobs {
  const whole = new Map<string, Buffer>();
  const blocks = new Map<string, Buffer>();

  const put = (name: string, query: URLSearchParams, body: Buffer) => {
    const comp = query.get("comp");
    if (comp === "block") {
      blocks.set(`${name}/${query.get("blockid")}`, body);
    } else if (comp === "blocklist") {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)].map(([, id]) => id);
      whole.set(name, Buffer.concat(ids.map((id) => blocks.get(`${name}/${id}`) ?? Buffer.alloc(0))));
    } else {
      whole.set(name, body);
    }
  };

  return {
    whole,
    answer(message, response, body) {
      const { pathname, searchParams } = new URL(message.url ?? "/", "http://loopback");
      const [, name] = /^\/devstore\/cache\/([^/]+)$/.exec(pathname) ?? [];
      if (name === undefined) return false;
      if (message.method === "PUT") {
        put(name, searchParams, body);
        response
          .writeHead(201, { etag: '"1"', "x-ms-request-id": "1", "last-modified": new Date(0).toUTCString() })
          .end();
        return true;
      }
      const content = whole.get(name);
      if (content === undefined) response.writeHead(404).end();
      else send(message, response, content);
      return true;
    },
  };
}

function send({ method, headers }: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(String(headers["x-ms-range"] ?? headers.range ?? "")) ?? [];
  const start = Number(first ?? 0);
  const part = content.subarray(start, last ? Number(last) + 1 : content.length);
  const range = { "content-range": `bytes ${start}-${start + part.length - 1}/${content.length}` };
  response.writeHead(first === undefined ? 200 : 206, {
    "content-length": part.length,
    etag: '"1"',
    ...(first === undefined ? {} : range),
  });
  response.end(method === "HEAD" ? undefined : part);
}
