import dns from "node:dns";
import { isIP } from "node:net";
import { isLocal } from "./hosts.ts";
import type { Judge } from "./judge.ts";
import { replace } from "./replace.ts";
import { isOfConnection } from "./sockets.ts";
import { traceAbove } from "./stack.ts";

const records = ["", "4", "6", "Any", "Caa", "Cname", "Mx", "Naptr", "Ns", "Ptr", "Soa", "Srv", "Tlsa", "Txt"];
const queries = [...records.map((record) => `resolve${record}`), "reverse"];

interface HasServers {
  getServers?(): string[];
}

/** Every question for a name: `lookup`, which the system answers, and the others, which a name server does. */
export function guardNames(judge: Judge): () => void {
  const refusal = (host: unknown, from: HasServers | undefined, below: () => unknown): Error | undefined => {
    if (isOfConnection() || typeof host !== "string" || asksHere(from)) return undefined;
    return judge({ host, trace: traceAbove(below) });
  };

  const withCallback = (owner: object, name: string) =>
    replace(owner, name, (original) => {
      return function ask(this: HasServers | undefined, host: unknown, ...rest) {
        const error = isAnswered(name, host) ? undefined : refusal(host, this, ask as () => unknown);
        const callback = rest.at(-1);
        if (!error || typeof callback !== "function") return original.call(this, host, ...rest);
        process.nextTick(callback, error);
        return {};
      };
    });

  const withPromise = (owner: object, name: string) =>
    replace(owner, name, (original) => {
      return function ask(this: HasServers | undefined, host: unknown, ...rest) {
        const error = isAnswered(name, host) ? undefined : refusal(host, this, ask as () => unknown);
        return error ? Promise.reject(error) : original.call(this, host, ...rest);
      };
    });

  const undo = [
    ...[...queries, "lookup", "lookupService"].flatMap((name) => [
      withCallback(dns, name),
      withPromise(dns.promises, name),
    ]),
    ...queries.flatMap((name) => [
      withCallback(dns.Resolver.prototype, name),
      withPromise(dns.promises.Resolver.prototype, name),
    ]),
  ];
  return () => {
    for (const one of undo) one();
  };
}

/** A lookup of an address answers itself. */
function isAnswered(name: string, host: unknown): boolean {
  return name === "lookup" && isIP(String(host)) !== 0;
}

/** A resolver that was given a server on this machine asks nobody else. */
function asksHere(from: HasServers | undefined): boolean {
  if (!(from instanceof dns.Resolver || from instanceof dns.promises.Resolver)) return false;
  return from.getServers().every((server) => isLocal(server.replace(/^\[|\](:\d+)?$|(?<=^[\d.]+):\d+$/g, "")));
}
