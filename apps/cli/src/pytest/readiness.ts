import { allRequests, exitCodeOf, PreloadError, parseRef, type Request, requestFor, understand } from "@preload/core";
import { commandFor, whatIsNotReady } from "../readiness.ts";
import type { Session } from "../session.ts";
import { plain } from "../words.ts";

/** Whether a model can be used as it is, for a program that knows it by what somebody wrote. */
export interface Readiness {
  /** As it was written. */
  readonly asked: string;
  /** `refused`: there can be no such model. `unknown`: nobody could tell, which is no word about what is there. */
  readonly state: "ready" | "missing" | "broken" | "refused" | "unknown";
  /** What keeps it from being used, in lines; null when it is ready. */
  readonly reason: string | null;
  readonly hint: string | null;
  /** The command that brings it, and keeps it known; null where no command does. */
  readonly fetch: string | null;
}

/** Looks at the disk alone. What a model requires has to be ready as well. */
export function readinessOf(refs: readonly string[], session: Session): Promise<Readiness[]> {
  return Promise.all(
    refs.map(async (asked) => {
      const request = meant(asked, session);
      const unready = await whatIsNotReady([request], session);
      const errors = unready.map(({ error }) => error);
      if (errors.length === 0) return { asked, state: "ready", reason: null, hint: null, fetch: null } as const;
      const state = stateOf(errors);
      return {
        asked,
        state,
        reason: plain(errors.map(({ message }) => message).join("\n")),
        hint: plain([...new Set(errors.flatMap(({ hint }) => hint ?? []))].join("\n")) || null,
        fetch: commandFor(unready, session) ?? null,
      };
    }),
  );
}

function stateOf(errors: readonly PreloadError[]): Readiness["state"] {
  if (errors.some((error) => exitCodeOf(error) === 2)) return "refused";
  if (errors.some(({ code }) => code === "CORRUPT")) return "broken";
  return errors.every(({ code }) => code === "MISSING") ? "missing" : "unknown";
}

/** The model as the config has it, also where only the config says the revision. */
function meant(asked: string, { config, fetchers }: Session): Request {
  const request = requestFor(config, asked);
  try {
    if (parseRef(request.ref).revision !== undefined) return request;
    const name = nameOf(understand(request, fetchers).canonical);
    return allRequests(config).find((other) => nameOf(understand(other, fetchers).canonical) === name) ?? request;
  } catch (error) {
    // What is wrong with a ref is told by who looks for the model.
    if (error instanceof PreloadError) return request;
    throw error;
  }
}

function nameOf(canonical: string): string {
  const { scheme, name } = parseRef(canonical);
  return `${scheme}:${name}`;
}
