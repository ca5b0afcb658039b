import type { Agents } from "./agents.ts";
import { trustFor } from "./trust.ts";

/**
 * Connections as our own requests use them, for a program that passes requests on and needs no answer understood: they
 * trust what we trust, and go through the proxies that the environment names. Loads the libraries for that.
 */
export async function connectionsFor(env: Readonly<Record<string, string | undefined>>): Promise<Agents> {
  const [{ createAgents }, trust] = await Promise.all([import("./agents.ts"), trustFor(env)]);
  return createAgents(trust);
}
