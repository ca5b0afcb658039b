import { createServer, type IncomingMessage } from "node:http";
import type { Agents } from "@preload/core";
import { commitIn } from "./commit-in.ts";
import { type Listening, listen } from "./listen.ts";
import type { Noted } from "./noted.ts";
import { relay } from "./relay.ts";

/**
 * Stands on loopback in the place of a Hub: passes every request on to it, token and all, and notes path and answer.
 * Nothing is changed on the way, redirects included: the client follows them by itself, with its token or without.
 */
export async function startHub(endpoint: URL, agents: Agents, note: (noted: Noted) => void): Promise<Listening> {
  const sentOn = new Map<string, number>();
  const noting = new Set<Promise<void>>();

  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url: path = "/" } = incoming;
    const asked = { by: "hub", host: endpoint.host, path: withoutQuery(path), method } as const;
    const isSentOn = arrived(asked.path, sentOn);
    const noted = { ...asked, ...(isSentOn ? { isSentOn } : {}) };
    relay(incoming, outgoing, {
      origin: endpoint,
      path,
      agents,
      onAnswer: (answer) => {
        const status = answer.statusCode ?? 0;
        const target = redirectIn(answer)?.split("?", 1)[0];
        if (target !== undefined) sentOn.set(target, (sentOn.get(target) ?? 0) + 1);
        const done = commitIn(answer, asked.path).then((commit) => {
          note({ ...noted, status, ...(commit === undefined ? {} : { commit }) });
          noting.delete(done);
        });
        noting.add(done);
      },
    });
  });
  // Under the same path, or a redirect to another path of the host would lead elsewhere.
  const prefix = endpoint.pathname.replace(/\/+$/, "");
  return listen(server, {
    url: (port) => `http://${credentialsIn(endpoint)}127.0.0.1:${port}${prefix}`,
    onClosed: async () => void (await Promise.all(noting)),
  });
}

/** Clients make a header of a name and a password in the address; it goes on like any other. */
function credentialsIn({ username, password }: URL): string {
  return username === "" && password === "" ? "" : `${username}:${password}@`;
}

/** Whether an answer sent the client to this path. Each redirect counts for one request. */
function arrived(path: string, sentOn: Map<string, number>): boolean {
  const count = sentOn.get(path) ?? 0;
  if (count > 0) sentOn.set(path, count - 1);
  return count > 0;
}

/** The path of a redirect that stays here. */
function redirectIn({ statusCode = 0, headers: { location } }: IncomingMessage): string | undefined {
  return statusCode >= 300 && statusCode < 400 && location?.startsWith("/") && !location.startsWith("//")
    ? location
    : undefined;
}

function withoutQuery(path: string): string {
  return path.split("?", 1)[0] ?? path;
}
