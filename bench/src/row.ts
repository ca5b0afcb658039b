import type { Command } from "./measure.ts";

/** One piece of work, done by us and by others. */
export interface Row {
  readonly name: string;
  /** As the table says it. */
  readonly work: string;
  /** Fetched or read, for what a gigabyte costs. */
  readonly bytes: number;
  /** Hundreds of files: what earlier runs wrote is set aside, not deleted. */
  readonly manyFiles?: boolean;
  readonly ours: Side;
  readonly peers: readonly Peer[];
}

export interface Side {
  /** What has to be there before the first run. */
  readonly prepare?: () => Promise<void>;
  readonly command: Command;
  /** Looks for the right bytes after each run, outside of the measured time. @throws when they are not there */
  readonly check?: () => Promise<void>;
}

export interface Peer extends Side {
  readonly name: string;
  /** Our time divided by theirs should be no more than this. */
  readonly bar?: number;
}
