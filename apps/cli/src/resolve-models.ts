import { type Lock, type Request, type Resolution, type ResolveAllOptions, resolveAll } from "@preload/core";
import { refuseLicenses } from "./policy.ts";
import type { Session } from "./session.ts";
import { count } from "./words.ts";

/** Finds out what requests mean, asking the network only when this session may and has to; `known` saves work. */
export async function resolveModels(
  requests: readonly Request[],
  session: Session,
  known: Lock | undefined = session.lock,
): Promise<Resolution[]> {
  const { fetchers, lock, stateDir, signal, display, config } = session;
  display.doing(`finding out what ${count(requests.length, "model")} mean${requests.length === 1 ? "s" : ""}`);
  const found = await resolveAll(requests, { fetchers, lock, known, stateDir, signal, ask: askOf(session) });
  return refuseLicenses(found, config);
}

function askOf({ flags, offline }: Session): NonNullable<ResolveAllOptions["ask"]> {
  if (flags.frozen) return "locked";
  return offline === undefined ? "missing" : "remembered";
}
