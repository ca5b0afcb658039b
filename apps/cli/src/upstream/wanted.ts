import { PreloadError, type Request, understand } from "@preload/core";
import { meantRef } from "../edit/meant.ts";
import { requestsFor, type Session } from "../session.ts";

/** The models of all profiles, or of those of `-p` and `--only`; of these the named ones, if any are. */
export function wantedRequests(session: Session, operands: readonly string[]): Request[] {
  const { config, flags, fetchers } = session;
  const profile = flags.profile ?? Object.keys(config.profiles);
  const requests = requestsFor({ ...session, flags: { ...flags, profile } }, []);
  if (operands.length === 0) return requests;
  const byRef = new Map(requests.map((request) => [understand(request, fetchers).canonical, request]));
  const named = operands.map((text) => meantRef(text, [...byRef.keys()], session));
  return [...new Set(named)].flatMap((ref) => byRef.get(ref) ?? []);
}

export function refuseWithoutConfig({ config, machine }: Session, what: string): void {
  if (config.path !== undefined) return;
  throw new PreloadError("USAGE", `there is no config in ${machine.cwd} or above it, and so ${what}`, {
    hint: "`preload add` makes one, and --config names one.",
  });
}

/** Its question is for the source, and nothing that is here can answer it. */
export function refuseOffline({ offline }: Session, what: string): void {
  if (offline === undefined) return;
  throw new PreloadError("OFFLINE", `${what}, and ${offline} forbids to`, {
    hint: "Unset it, or say --online to ask all the same.",
  });
}
