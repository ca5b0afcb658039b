import { duration } from "../words.ts";
import { type Finding, on } from "./finding.ts";

const { ok, warning } = on("machine");

/** What a host's `Date` says of the clock here. */
export interface HostClock {
  readonly host: string;
  /** How far ours is ahead of theirs, in milliseconds; negative when it is behind. */
  readonly ahead: number;
}

// Hosts may be wrong by a minute; the signed addresses of the Hub hold for some more.
const tolerated = 5 * 60 * 1000;

/** Judged by the host that agrees with us most: one that is wrong by itself is not our fault. */
export function clockFindings(clocks: readonly HostClock[]): Finding[] {
  const [best] = [...clocks].sort((one, other) => Math.abs(one.ahead) - Math.abs(other.ahead));
  if (!best) return [];
  const { host, ahead } = best;
  if (Math.abs(ahead) <= tolerated) return [ok(`the clock agrees with ${host}`)];
  return [
    warning(`the clock is ${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} ${host}`, {
      why: "Certificates and signed addresses that hold there seem to have ended, or not to have begun.",
      fix: "Set the clock, or let it be set: timedatectl set-ntp true.",
    }),
  ];
}

/** What to do about a certificate that has ended or not begun: as a rule it is the clock. */
export function clockFix(why: string): string | undefined {
  if (!/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(why)) return undefined;
  const now = new Date().toISOString().slice(0, 16).replace("T", " ");
  return `This machine takes it to be ${now} UTC. If that is wrong, set the clock; if not, the host's certificate is.`;
}
