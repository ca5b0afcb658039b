import type { MaterializeEvent, RetryEvent } from "@preload/core";
import { describeEvent, describeRetry, type Told } from "./describe.ts";

/** Words what happens, each thing once: what strikes fifty files at the same moment is one line, not fifty. */
export interface Teller {
  event(event: MaterializeEvent): Told | undefined;
  retry(event: RetryEvent): Told | undefined;
}

// Milliseconds in which the same words are not news.
const shortest = 5_000;

/** @param now milliseconds that only go forward */
export function createTeller(now: () => number): Teller {
  /** Until when something is known to everybody. */
  const known = new Map<string, number>();
  /** Files of which everybody was told that they stand still. */
  const standing = new Set<string>();

  const once = (told: Told | undefined, what: string, lasts: number): Told | undefined => {
    if (!told || told.isDetail) return told;
    const isKnown = (known.get(what) ?? 0) > now();
    if (!isKnown) known.set(what, now() + Math.max(shortest, lasts));
    return { ...told, isDetail: isKnown };
  };

  return {
    event(event) {
      const told = describeEvent(event);
      const file = "path" in event ? `${event.ref}\n${event.path}` : "";
      switch (event.type) {
        case "stall":
        case "throttle":
        case "retry": {
          const who = event.type === "retry" ? firstLine(event.why) : event.host;
          const said = once(told, `${event.type} ${who}`, event.wait ?? 0);
          if (said?.isDetail === false) standing.add(file);
          return said;
        }
        case "resume":
          // Who read that it stands still reads that it goes on.
          return told && { ...told, isDetail: !standing.delete(file) };
        default:
          return told;
      }
    },
    retry: (event) => once(describeRetry(event), `retry ${firstLine(event.why)}`, event.wait),
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
