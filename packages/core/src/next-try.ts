import { publicUrl } from "./addresses.ts";
import type { MaterializeEvent } from "./events.ts";
import type { FetchContext, Source } from "./fetch-into.ts";
import { faultOf, stallOf } from "./network-error.ts";
import type { Refusal } from "./refusal.ts";
import { jittered, retriableStatus, waitAskedFor } from "./retry.ts";

/**
 * Tells why a request for a file came to nothing and when it is made again, and asks for less at once from now on.
 * Gives back the milliseconds until then.
 *
 * @throws what the request failed with, when it is not made again
 */
export function nextTry(failure: Refusal, tries: number, source: Source, context: FetchContext): number {
  const { retryDelays = [500, 2000, 8000], longestWait = 120_000, ref, path, onEvent, askForLess } = context;
  const delay = retryDelays[tries];
  const asked = waitAskedFor(failure.headers);
  const isLast = !failure.retriable || delay === undefined || (asked ?? 0) > longestWait;
  const wait = isLast ? undefined : (asked ?? jittered(delay));
  const connections = wait === undefined ? undefined : askForLess?.();

  const about = { ref, path, url: publicUrl(source.url) };
  const reason = reasonOf(failure, asked, connections);
  if (reason) onEvent({ ...reason, ...about, ...(wait === undefined ? {} : { wait }) });
  if (wait === undefined) throw failure.error;
  const after = reason ? { after: reason.type } : {};
  const fault = faultOf(failure.error) ?? { host: new URL(about.url).host, cause: failure.error.code };
  const why = failure.error.message;
  onEvent({ type: "retry", ...about, why, wait, asked: asked !== undefined, ...fault, ...after });
  return wait;
}

type About = "ref" | "path" | "url" | "wait";
type Reason =
  | Omit<Extract<MaterializeEvent, { type: "stall" }>, About>
  | Omit<Extract<MaterializeEvent, { type: "throttle" }>, About>;

/** What there is a name for; a connection that broke is told by the `retry` alone. */
function reasonOf(failure: Refusal, asked: number | undefined, connections: number | undefined): Reason | undefined {
  const stall = stallOf(failure.error);
  if (stall) return { type: "stall", ...stall };
  const { answered } = failure;
  if (!answered || !isThrottle(answered.status, asked)) return undefined;
  return {
    type: "throttle",
    ...answered,
    ...(asked === undefined ? {} : { asked }),
    ...(connections === undefined ? {} : { connections }),
  };
}

function isThrottle(status: number, asked: number | undefined): boolean {
  return status === 429 || status === 503 || (asked !== undefined && retriableStatus.has(status));
}
