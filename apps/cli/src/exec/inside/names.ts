import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Attempt } from "@preload/guards";

/**
 * Answers where /etc/resolv.conf says that names are asked for, and notes each. The answer is SERVFAIL, which a client
 * tells its program as "temporary failure in name resolution", at once: as if there were no network.
 *
 * An address in place of that would have given us more to note (a port, a path), but it is not what a cut network is
 * like, and clients notice. huggingface_hub 0.36 takes a TLS connection that is closed for an SSLError, and a proxy that
 * answers 403 for a ProxyError, as 1.33 and 2.4 do; both it raises, and does not look into its cache. After a name that
 * is not found, a connection that is refused or one that is reset it does. And a program that only wants to know whether
 * there is a network, by a name or by a connection to 8.8.8.8, gets the right answer.
 */
export async function answerNames(note: (attempt: Attempt) => void): Promise<void> {
  const { servers, search } = resolverIn(textOf("/etc/resolv.conf"));
  const say = once(note, search);
  await Promise.all(servers.map((server) => answerAt(server, say)));
}

function answerAt(address: string, say: (name: string) => void): Promise<void> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve) => {
    // An address that cannot be taken is one that cannot be asked either.
    socket.once("error", () => resolve());
    socket.on("message", (query, { address: from, port }) => {
      const question = questionIn(query);
      if (question === undefined) return;
      say(question.name);
      socket.send(servfail(query, question.end), port, from);
    });
    socket.bind(53, address, () => resolve());
  });
}

/** One lookup asks for two kinds of address, tries again, and appends the domains to search in: that is one try. */
function once(note: (attempt: Attempt) => void, search: readonly string[]): (name: string) => void {
  const last = new Map<string, number>();
  const own = hostname().toLowerCase();
  return (asked) => {
    const name = withoutDomain(asked, search);
    if (name === "localhost" || name === own || /\.localhost$|\.arpa$/.test(name)) return;
    const at = Date.now();
    if (at - (last.get(name) ?? 0) > quiet) note({ by: "dns", host: name, at });
    last.set(name, at);
  };
}

/** Milliseconds. */
const quiet = 300;

function withoutDomain(name: string, search: readonly string[]): string {
  const domain = search.find((one) => name.endsWith(`.${one}`));
  return domain === undefined ? name : name.slice(0, -domain.length - 1);
}

/** The first name that a DNS message asks for, and where that question ends. */
export function questionIn(message: Buffer): { name: string; end: number } | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]; length !== undefined && at < message.length; length = message[at]) {
    if (length === 0) return { name: labels.join(".").toLowerCase(), end: at + 5 };
    if (length > 63) return undefined;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}

function servfail(query: Buffer, end: number): Buffer {
  const answer = Buffer.from(query.subarray(0, end));
  answer.writeUInt16BE(0x8182, 2);
  // One question, and nothing else.
  answer.writeUInt16BE(1, 4);
  answer.fill(0, 6, 12);
  return answer;
}

/** What the C library reads of it. */
export function resolverIn(text: string): { servers: readonly string[]; search: readonly string[] } {
  const words = text.split("\n").map((line) => line.trim().split(/\s+/));
  const servers = words.flatMap(([key, address]) => (key === "nameserver" && address ? [address] : []));
  const search = words.flatMap(([key, ...domains]) => (key === "search" || key === "domain" ? domains : []));
  return {
    servers: servers.length > 0 ? servers : ["127.0.0.1"],
    search: search.map((domain) => domain.toLowerCase().replace(/\.$/, "")).filter((domain) => domain !== ""),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Without the file, the C library asks this machine.
  }
}
