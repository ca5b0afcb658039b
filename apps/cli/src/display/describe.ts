import type { Manifest, MaterializeEvent, Outcome, Result, RetryEvent } from "@preload/core";
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

/** What came to nothing before it began has no line of its own: the end of the run says why. */
export function isToldLater({ status, took }: Result): boolean {
  return status === "skipped" || (status === "failed" && took === 0);
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
export function describeEvent(event: MaterializeEvent): { text: string; isDetail: boolean } | undefined {
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
      const from = event.from > 0 ? `, continued after ${bytes(event.from)}` : "";
      return { text: `${event.ref}: fetching ${event.path}, ${bytes(event.size)}${from}`, isDetail: true };
    }
    case "placed":
      return { text: `${event.ref}: ${event.path} is there and verified`, isDetail: true };
    case "discard":
      return {
        text: `${event.ref}: what came of ${event.path} is discarded: ${firstLine(event.why)}`,
        isDetail: false,
      };
    case "retry":
      return describeRetry(event);
    case "wait": {
      const who = event.pid === undefined ? "another machine" : `process ${event.pid}`;
      return { text: `waiting for ${who}, which fetches ${event.path} of ${event.ref}`, isDetail: false };
    }
  }
}

// A pause that is short enough not to be noticed needs no line of its own.
const noticeable = 3_000;

/** `huggingface.co answers 429; waiting 12 s as it asks` */
export function describeRetry(event: Pick<RetryEvent, "why" | "wait" | "asked">): { text: string; isDetail: boolean } {
  const { why, wait, asked } = event;
  return {
    text: `${firstLine(why)}; ${asked ? `waiting ${duration(wait)} as it asks` : `trying again in ${duration(wait)}`}`,
    isDetail: wait < noticeable,
  };
}

function firstLine(text: string): string {
  return plain(text.split("\n", 1)[0] ?? "");
}
