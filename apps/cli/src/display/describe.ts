import {
  codeOf,
  type Manifest,
  type MaterializeEvent,
  type Outcome,
  type Result,
  type RetryEvent,
} from "@preload/core";
import { sizeOf } from "../manifest-size.ts";
import { bytes, count, duration, plain, shortRevision } from "../words.ts";

/** `ready hf:facebook/bart-base 3833578 558 MB fetched in 12 s` */
export function describeResult(result: Result): string {
  const { ref } = result;
  if (result.status !== "resolved") return `${result.status} ${ref}`;
  const { manifest, outcome, took } = result;
  const how = describeOutcome(manifest, outcome, took);
  return plain(`ready ${ref} ${shortRevision(manifest.revision)} ${how}`);
}

/** What came to nothing before it began, or was stopped by its user, has no line of its own: the end of the run says why. */
export function isToldLater(result: Result): boolean {
  const { status, took } = result;
  if (status === "skipped") return true;
  return status === "failed" && (took === 0 || codeOf(result.error) === "ABORTED");
}

function describeOutcome(manifest: Manifest, outcome: Outcome | undefined, took: number): string {
  const size = bytes(sizeOf(manifest).bytes);
  if (!outcome || outcome.mended.length === 0) return `${size} already there`;
  const { fetched } = outcome;
  if (fetched.bytes >= transferSize(manifest)) return `${size} fetched in ${duration(took)}`;
  if (fetched.bytes > 0) return `${size}, ${bytes(fetched.bytes)} of it fetched in ${duration(took)}`;
  if (fetched.files > 0) return `${size}, fetched by another run`;
  return `${size} already there, its links and markers put right`;
}

/** What has to come over the network when nothing is there: archives count packed. */
function transferSize(manifest: Manifest): number {
  return manifest.entries.reduce((sum, entry) => sum + ("size" in entry ? entry.size : 0), 0);
}

/** What an event means for the reader, and whether everybody wants to read it or only who asked for all. */
export interface Told {
  readonly text: string;
  readonly isDetail: boolean;
}

export function describeEvent(event: MaterializeEvent): Told | undefined {
  switch (event.type) {
    case "check":
    case "bytes":
      return undefined;
    case "plan":
      return {
        text: `${event.ref}: ${count(event.files, "file")} to fetch, ${bytes(event.bytes)}`,
        isDetail: true,
      };
    case "fetch": {
      const there = event.from > 0 ? `, ${bytes(event.from)} of it there` : "";
      return { text: `${event.ref}: fetching ${event.path}, ${bytes(event.size)}${there}`, isDetail: true };
    }
    case "placed":
      return { text: `${event.ref}: ${event.path} is there and verified`, isDetail: true };
    case "discard":
      return {
        text: `${event.ref}: what came of ${event.path} is discarded: ${firstLine(event.why)}`,
        isDetail: false,
      };
    case "stall":
      return describeStall(event);
    case "throttle":
      return describeThrottle(event);
    case "retry":
      // The event before it has said why, and for how long.
      return event.after === undefined ? describeRetry(event) : undefined;
    case "resume": {
      const { ref, path, from, after } = event;
      const goesOn = after === "partial" ? "continued" : "goes on";
      return { text: `${ref}: ${path} ${goesOn}${from > 0 ? ` after ${bytes(from)}` : ""}`, isDetail: true };
    }
    case "wait": {
      const who = event.pid === undefined ? "another machine" : `process ${event.pid}`;
      return { text: `waiting for ${who}, which fetches ${event.path} of ${event.ref}`, isDetail: false };
    }
  }
}

// A pause that is short enough not to be noticed needs no line of its own.
const noticeable = 3_000;

type EventOf<Type> = Extract<MaterializeEvent, { type: Type }>;

/** `cdn.example: nothing for 30 s; asking again in 2.0 s` */
function describeStall({ host, came, lasted, wait }: EventOf<"stall">): Told {
  const what = came === "nothing" ? "nothing" : "next to nothing";
  const then = wait === undefined ? "given up" : `asking again${wait < 1000 ? "" : ` in ${duration(wait)}`}`;
  // What is given up ends in an error, or another address is asked.
  return { text: plain(`${host}: ${what} for ${duration(lasted)}; ${then}`), isDetail: wait === undefined };
}

/** `cdn.example answers 429; waiting 12 s as it asks, then at most 4 requests at once` */
function describeThrottle({ host, status, asked, wait, connections }: EventOf<"throttle">): Told {
  const says = `${host} answers ${status}`;
  if (wait === undefined) {
    const wish = asked === undefined ? "given up" : `it asks for ${duration(asked)}, which is too long`;
    return { text: plain(`${says}; ${wish}`), isDetail: true };
  }
  const pause = asked === undefined ? `asking again in ${duration(wait)}` : `waiting ${duration(wait)} as it asks`;
  const then = connections === undefined ? "" : `, then at most ${count(connections, "request")} at once`;
  return { text: plain(`${says}; ${pause}${then}`), isDetail: wait < noticeable };
}

/** `huggingface.co answers 429; waiting 12 s as it asks` */
export function describeRetry(event: Pick<RetryEvent, "why" | "wait" | "asked">): Told {
  const { why, wait, asked } = event;
  return {
    text: `${firstLine(why)}; ${asked ? `waiting ${duration(wait)} as it asks` : `trying again in ${duration(wait)}`}`,
    isDetail: wait < noticeable,
  };
}

function firstLine(text: string): string {
  return plain(text.split("\n", 1)[0] ?? "");
}
