import type { Problem } from "./check.ts";

/**
 * What happens while a manifest is made true. Files are worked at side by side; for each of them the order is
 *
 *   wait?                                       another process fetches it
 *   ┌ fetch                                     one address is asked; again for each further one
 *   │   resume?                                 the bytes continue what an earlier run or address has left
 *   │   bytes …
 *   │   ┌ stall | throttle | neither            a request came to nothing: why, if there is a name for it
 *   │   │ retry                                 it is made again in a while; without this, the address is given up
 *   │   └ resume | discard                      bytes come again; or they have to come from the beginning
 *   └ discard …                                 what came is of no use
 *   placed                                      or the call fails
 *
 * - `stall` and `throttle` are told at once before the `retry` that answers them, which says so in `after`. Without a
 *   `wait` there is none: the next address is asked (`fetch`), or the file ends with an error.
 * - Of connections that fail together the first is told, so a large file has one `retry` for each of its outages.
 * - `resume` comes with the first byte: at most once for each `fetch` with something there, and once for each `retry`.
 * - Bytes that were discarded are reported once more as a negative number, so that a sum is always what is there.
 * - `placed` comes once, and last. A listener that throws is not caught.
 */
export type MaterializeEvent =
  /** Bytes are read from the disk, to be sure of them. */
  | { readonly type: "check"; readonly ref: string; readonly path: string; readonly bytes: number }
  /** What has to be done, before it is done. */
  | {
      readonly type: "plan";
      readonly ref: string;
      readonly files: number;
      readonly bytes: number;
      readonly problems: readonly Problem[];
    }
  /** A file starts, with this many bytes already there. */
  | {
      readonly type: "fetch";
      readonly ref: string;
      readonly path: string;
      readonly size: number;
      readonly from: number;
      readonly url: string;
    }
  | { readonly type: "bytes"; readonly ref: string; readonly path: string; readonly bytes: number }
  | {
      readonly type: "discard";
      readonly ref: string;
      readonly path: string;
      readonly url: string;
      readonly why: string;
    }
  /** A connection brought nothing, or less than `minimumRate`, and was given up. */
  | {
      readonly type: "stall";
      readonly ref: string;
      readonly path: string;
      readonly url: string;
      /** Who was silent; after a redirect not the one in `url`. */
      readonly host: string;
      readonly came: "nothing" | "too-little";
      /** Milliseconds for which. */
      readonly lasted: number;
      /** Milliseconds until the next try, if there is one. */
      readonly wait?: number;
    }
  /** The origin wants fewer or slower requests: it answered 429 or 503, or named a time at which to come back. */
  | {
      readonly type: "throttle";
      readonly ref: string;
      readonly path: string;
      readonly url: string;
      readonly host: string;
      readonly status: number;
      /** Milliseconds that the origin named. */
      readonly asked?: number;
      /** Milliseconds until the next try, if there is one. */
      readonly wait?: number;
      /** How many requests are made at once from now on, where there were more. */
      readonly connections?: number;
    }
  | {
      readonly type: "retry";
      readonly ref: string;
      readonly path: string;
      readonly url: string;
      readonly why: string;
      /** Milliseconds until the next try. */
      readonly wait: number;
      /** True when the server named the wait. */
      readonly asked: boolean;
      /** Who failed, and how, in a word: `ECONNRESET`, `STALLED`, `HTTP 503`. */
      readonly host: string;
      readonly cause: string;
      /** The event just before this one, if it said the same of the same request. */
      readonly after?: "stall" | "throttle";
    }
  /** Bytes come, in continuation of what is there. */
  | {
      readonly type: "resume";
      readonly ref: string;
      readonly path: string;
      readonly url: string;
      /** How many bytes are there and stay. Of a large file only whole blocks stay. */
      readonly from: number;
      /** What had stopped it. */
      readonly after: "partial" | "retry";
    }
  /** Another process fetches this file. `pid` is missing when it runs on another machine. */
  | { readonly type: "wait"; readonly ref: string; readonly path: string; readonly pid?: number }
  /** The file has its final name. `bytes` came over the network in this run: none if another process fetched it. */
  | {
      readonly type: "placed";
      readonly ref: string;
      readonly path: string;
      readonly size: number;
      readonly bytes: number;
    };

export type OnEvent = (event: MaterializeEvent) => void;
