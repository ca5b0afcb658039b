import type { Problem } from "./check.ts";

/**
 * What happens while a manifest is made true, in this order for each file:
 * `fetch`, any number of `bytes`, `retry` and `discard`, then `placed`; or `wait` while another process fetches it.
 * Bytes that were discarded are reported once more as a negative number, so that a sum is always what is there.
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
