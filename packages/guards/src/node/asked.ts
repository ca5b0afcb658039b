import diagnostics from "node:diagnostics_channel";
import http from "node:http";
import { place, target } from "./hosts.ts";
import type { Try } from "./judge.ts";
import { replace } from "./replace.ts";
import { traceAbove } from "./stack.ts";

/** What is asked for over HTTP, known before anything connects: below that, TLS hides it. */
export interface Asked {
  /** What a connection to this place is for; the place itself where nobody said. */
  for(host: string, port: number | undefined): Try;
  undo(): void;
}

interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: string;
  readonly path?: string;
}

/**
 * Two clients speak HTTP. `http` connects while it adds a request to its agent. `fetch`, which is undici, connects later,
 * when its caller is no longer on the stack, so the caller is kept under the place that was asked for.
 */
export function listenToClients(): Asked {
  const byPlace = new Map<string, Try>();
  let adding: Try | undefined;

  const onUndici = (message: unknown) => {
    const { origin, method, path } = (message as { request: UndiciRequest }).request;
    const at = target(String(origin));
    if (!at) return;
    const key = place(at);
    byPlace.set(key, {
      ...byPlace.get(key),
      ...(throughProxy(method, path) ?? { ...at, method, path: path?.split("?")[0] }),
    });
  };
  diagnostics.subscribe("undici:request:create", onUndici);

  const undoFetch = replace(globalThis, "fetch", (original) => {
    return function fetch(input: unknown, ...rest) {
      const asked = input as { url?: string; method?: string };
      const at = target(String(asked?.url ?? input));
      if (at)
        byPlace.set(place(at), { ...at, method: rest[0]?.method ?? asked?.method ?? "GET", trace: traceAbove(fetch) });
      return original.call(this, input, ...rest);
    };
  });

  const undoAgent = replace(http.Agent.prototype, "addRequest", (original) => {
    return function addRequest(request: http.ClientRequest, options: { host?: string; port?: number }, ...rest) {
      const before = adding;
      const { method, path } = request;
      const to = throughProxy(method, path) ?? { host: `${options.host}`, method, path: path.split("?")[0] };
      adding = { ...to, trace: traceAbove(addRequest) };
      try {
        return original.call(this, request, options, ...rest);
      } finally {
        adding = before;
      }
    };
  });

  return {
    for(host, port) {
      const asked = adding ?? byPlace.get(place({ host, port }));
      if (!asked) return { host, port };
      byPlace.delete(place({ host, port }));
      return { ...asked, port: asked.port ?? port };
    },
    undo() {
      diagnostics.unsubscribe("undici:request:create", onUndici);
      undoFetch();
      undoAgent();
    },
  };
}

/** What a proxy is asked to reach. */
function throughProxy(method = "GET", path = ""): Try | undefined {
  if (method === "CONNECT") {
    const at = target(`https://${path}`);
    return at && { host: at.host, port: at.port };
  }
  const at = path.startsWith("http://") ? target(path) : undefined;
  return at && { method, ...at };
}
