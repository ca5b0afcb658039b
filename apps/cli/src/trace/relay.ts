import { type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import { type Agents, codeOf } from "@preload/core";

export interface RelayOptions {
  /** Where the request goes: scheme, host and port. */
  readonly origin: URL;
  /** As it stands in the request line; nobody rewrites it. */
  readonly path: string;
  readonly agents: Agents;
  /** Called with the head of the answer, before any of its bytes went on. */
  readonly onAnswer?: (answer: IncomingMessage) => void;
}

/**
 * Passes a request on as it is, and its answer as it is: every header, redirects, ranges, compression, bytes as they
 * come. Where there is no answer, one with status 502 says why.
 *
 * The streams of Node itself do this, since the HTTP stack of core is made to understand answers: it follows redirects,
 * unpacks, tries again. Whoever looks on must do none of it.
 */
export function relay(incoming: IncomingMessage, outgoing: ServerResponse, options: RelayOptions): void {
  outgoing.sendDate = false;
  const asked = ask(incoming, options);
  // A client that goes away wants no more of it.
  outgoing.on("close", () => asked.destroy());
  answerWith(asked, outgoing, options, () => {
    // A kept connection may be closed at the moment it is used. What has no body can be asked once more.
    if (!asked.reusedSocket || hasBody(incoming) || outgoing.destroyed) return false;
    const again = ask(incoming, options);
    outgoing.on("close", () => again.destroy());
    answerWith(again, outgoing, options, () => false);
    again.end();
    return true;
  });
  incoming.pipe(asked);
}

function ask(incoming: IncomingMessage, { origin, path, agents }: RelayOptions): ClientRequest {
  const isSecure = origin.protocol === "https:";
  const { http, https } = agents.forUrl(origin);
  return (isSecure ? httpsRequest : httpRequest)({
    agent: isSecure ? https : http,
    hostname: origin.hostname.replace(/^\[|\]$/g, ""),
    port: origin.port || (isSecure ? 443 : 80),
    method: incoming.method,
    path,
    headers: { Host: origin.host, ...together(endToEnd(incoming.rawHeaders)) },
  });
}

/** By their names as they were written; what is there several times is a list. */
function together(headers: readonly [string, string][]): Record<string, string | string[]> {
  const found = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === "host") continue;
    const known = found.get(key) ?? { name, values: [] };
    known.values.push(value);
    found.set(key, known);
  }
  return Object.fromEntries(
    [...found.values()].map(({ name, values: [first = "", ...more] }) => [
      name,
      more.length > 0 ? [first, ...more] : first,
    ]),
  );
}

function answerWith(
  asked: ClientRequest,
  outgoing: ServerResponse,
  { origin, onAnswer = () => {} }: RelayOptions,
  tryAgain: () => boolean,
): void {
  asked.on("response", (answer) => {
    onAnswer(answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders).flat());
    // An answer that breaks off breaks off for the client, too: it knows what to do.
    pipeline(answer, outgoing, () => {});
  });
  asked.on("error", (error) => {
    if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy();
    else if (!tryAgain()) refuse(outgoing, `${origin.host} cannot be reached (${codeOf(error) ?? error.message})`);
  });
}

/** A status that clients take for a network that fails, which it is. */
function refuse(outgoing: ServerResponse, why: string): void {
  outgoing.writeHead(502, { "content-type": "text/plain", connection: "close" });
  outgoing.end(`preload trace: ${why}\n`);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

const ofOneConnection = [
  ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"],
  ...["te", "trailer", "transfer-encoding", "upgrade", "expect"],
];

/** The headers that are meant for the other end, in their order (RFC 9110, 7.6.1). */
function endToEnd(raw: readonly string[]): [string, string][] {
  const pairs = raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as [string, string]] : [],
  );
  const named = pairs.flatMap(([name, value]) => (name.toLowerCase() === "connection" ? value.split(",") : []));
  const dropped = new Set([...ofOneConnection, ...named.map((name) => name.trim().toLowerCase())]);
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase()));
}
