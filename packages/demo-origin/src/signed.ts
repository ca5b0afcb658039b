import { createHmac } from "node:crypto";
import type { Body, OriginRequest, Reply } from "@preload/core/testing";

/** URLs that are good for a while, as large files are handed out on the Hub and on GitHub. */
export interface SignedUrls {
  /** A URL on another host name of this machine, from which the body can be had. */
  sign(name: string, body: Body | Uint8Array): string;
  /** Makes every URL signed so far useless. */
  expire(): void;
  /** Answers for a signed URL; undefined for a path that is none. */
  answer(request: OriginRequest): Reply | undefined;
}

/** @param base where the second host name answers, without slash at the end */
export function signedUrls(base: () => string): SignedUrls {
  const bodies = new Map<string, Body | Uint8Array>();
  let generation = 1;
  const signature = (path: string) => createHmac("sha256", "demo").update(`${path} ${generation}`).digest("hex");

  return {
    sign(name, body) {
      const path = `/cdn/${name}`;
      bodies.set(path, body);
      return `${base()}${path}?Expires=${generation}&Signature=${signature(path)}&Key-Pair-Id=DEMO`;
    },
    expire() {
      generation++;
    },
    answer(request) {
      const [path = "", query] = request.path.split("?");
      if (!path.startsWith("/cdn/")) return undefined;
      // As object stores do. A client that comes with its token has shown it to a stranger.
      if (request.headers.authorization) return refused(400, "InvalidArgument", "Only one auth mechanism allowed");
      const body = bodies.get(path);
      const isValid = new URLSearchParams(query).get("Signature") === signature(path);
      return body && isValid ? { body } : refused(403, "AccessDenied", "Access Denied");
    },
  };
}

function refused(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
