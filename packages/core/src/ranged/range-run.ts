import { publicUrl } from "../addresses.ts";
import { PreloadError } from "../errors.ts";
import type { FetchContext, Source } from "../fetch-into.ts";
import { isRetriable } from "../network-error.ts";
import { nextTry } from "../next-try.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { pause, stopped } from "../retry.ts";
import type { OpenAnswer } from "../types.ts";
import type { BlockFile } from "./block-file.ts";
import type { Lanes } from "./lanes.ts";
import { blockSize, type Ledger, type Range } from "./ledger.ts";
import { isRange, RangesIgnored, readRange } from "./read-range.ts";

export interface RangeRunOptions {
  readonly file: BlockFile;
  readonly ledger: Ledger;
  readonly source: Source;
  readonly context: FetchContext;
  /** Everything before this byte is on the disk. */
  readonly onFrontier: (frontier: number) => void;
}

const smallest = 2 * blockSize;
const largest = 32 * blockSize;
const mostLanes = 32;

/** One pass over the ranges of a file that are not there yet. */
export class RangeRun {
  /** Bytes that came over the network. */
  received = 0;
  /** Where the source redirected to: a signed address, good for all ranges until it expires. */
  #direct: string | undefined;
  /** Then an answer that is no range is a fault that may pass, as of one server among many. */
  #givesRanges = false;
  #tries = 0;
  /** Connections that break together are one outage, and cost one try. */
  #outages = 0;
  #recovery: Promise<void> = Promise.resolve();
  #haveAtOutage = 0;
  /** What stopped the bytes before those that come next. */
  #stoppedBy: "partial" | "retry" | undefined;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #answered: Promise<void>;
  #onAnswer: () => void = () => {};

  constructor(private readonly options: RangeRunOptions) {
    const { signal } = options.context;
    this.#signal = signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal;
    this.#answered = new Promise((resolve) => {
      this.#onAnswer = resolve;
    });
  }

  /** Resolves when every byte is there. @throws RangesIgnored when the origin only gives whole files */
  async complete(lanes: Lanes): Promise<void> {
    const { signal } = this.options.context;
    if (this.options.ledger.have > 0) this.#stoppedBy = "partial";
    const failure = await this.#runAll(lanes).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // An abort comes before anything that followed from it.
    if (signal?.aborted) throw stopped(signal);
    if (failure) throw failure.error;
  }

  async #runAll(lanes: Lanes): Promise<void> {
    const leader = this.#run(lanes);
    // Whether the origin does ranges at all has to be known before a second one is asked for.
    await Promise.race([leader, this.#answered]);
    const others = Array.from({ length: mostLanes - 1 }, () => this.#run(lanes));
    const outcomes = await Promise.allSettled([leader, ...others]);
    const failed = outcomes.find((outcome) => outcome.status === "rejected" && outcome.reason !== this.#signal.reason);
    if (failed?.status === "rejected") throw failed.reason;
  }

  async #run(lanes: Lanes): Promise<void> {
    const { ledger } = this.options;
    if (ledger.wanted === 0) return;
    await lanes.enter(this.#signal);
    try {
      for (let range = this.#take(lanes); range; range = this.#take(lanes)) {
        const outages = this.#outages;
        const failure = await this.#fetch(range, lanes);
        if (!failure) continue;
        if (outages === this.#outages) {
          this.#outages += 1;
          this.#recovery = this.#recover(failure, lanes);
        }
        await this.#recovery;
      }
    } catch (error) {
      // One lane that fails for good ends the others.
      this.#over.abort();
      throw error;
    } finally {
      lanes.leave();
    }
  }

  /** Large while much is left, so that few requests are made; small at the end, so that all lanes end together. */
  #take(lanes: Lanes): Range | undefined {
    const { ledger } = this.options;
    const share = ledger.wanted / (2 * lanes.width);
    const halfSecond = lanes.laneRate === undefined ? 8 * blockSize : lanes.laneRate / 2;
    return ledger.take(Math.max(smallest, Math.min(largest, share, halfSecond)));
  }

  /** One request. Gives back why it did not bring everything; what it brought stays. */
  async #fetch(range: Range, lanes: Lanes): Promise<Refusal | undefined> {
    const { source, context, ledger } = this.options;
    const url = this.#direct ?? source.url;
    const outages = this.#outages;
    try {
      const headers = { range: `bytes=${range.start}-${range.end - 1}` };
      const answer = await context.http.open(url, { headers, signal: this.#signal });
      try {
        if (answer.status !== 206 && answer.status !== 200 && answer.status !== 416) {
          return await this.#refused(answer, url);
        }
        if (!isRange(answer, range, source.size)) return this.#ignored(answer);
        this.#direct = answer.url === source.url ? undefined : answer.url;
        this.#givesRanges = true;
        this.#onAnswer();
        await readRange(range, answer, this.options, (bytes) => {
          // What was asked for before the outage says nothing about its end.
          if (outages === this.#outages) this.#tellResumed();
          this.received += bytes;
          lanes.carried(bytes);
        });
        return undefined;
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      if (context.signal?.aborted) throw stopped(context.signal);
      if (this.#over.signal.aborted) throw this.#signal.reason;
      if (!(error instanceof PreloadError) || error.code === "DIGEST_MISMATCH") throw error;
      if (error instanceof RangesIgnored) throw error;
      return { error, retriable: isRetriable(error), headers: {} };
    } finally {
      ledger.giveBack(range);
    }
  }

  /** @throws RangesIgnored from an origin that has given no range yet */
  #ignored(answer: OpenAnswer): Refusal {
    const error = new RangesIgnored(answer, this.options.source.url);
    if (!this.#givesRanges) throw error;
    this.#direct = undefined;
    return { error, retriable: true, headers: {} };
  }

  async #refused(answer: OpenAnswer, url: string): Promise<Refusal> {
    const { source, context } = this.options;
    const refused = await refusal(answer, source.url, context);
    if (url === source.url) return refused;
    // The signed address has expired, or was good for one range only: the source gives another.
    if (this.#direct === url) this.#direct = undefined;
    return { ...refused, retriable: true };
  }

  async #recover(failure: Refusal, lanes: Lanes): Promise<void> {
    const { source, context, ledger } = this.options;
    const { have } = ledger;
    this.#stoppedBy = undefined;
    // Only whole blocks count, or an origin that breaks off within each would be asked for ever.
    if (have > this.#haveAtOutage) this.#tries = 0;
    this.#haveAtOutage = have;
    const wait = nextTry(failure, this.#tries, source, { ...context, askForLess: lanes.yield });
    this.#tries += 1;
    await pause(wait, this.#signal);
    this.#stoppedBy = "retry";
  }

  #tellResumed(): void {
    const { source, context, ledger } = this.options;
    const { ref, path, onEvent } = context;
    const after = this.#stoppedBy;
    if (after) onEvent({ type: "resume", ref, path, url: publicUrl(source.url), from: ledger.have, after });
    this.#stoppedBy = undefined;
  }
}
