import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type RateWatch, watchRate } from "../rate-watch.ts";
import type { Trust } from "../trust.ts";
import { type Head, headEnd, parseHead } from "./head.ts";
import { Slabs } from "./slabs.ts";
import { Unusual } from "./unusual.ts";

/** Takes what arrives on a connection, in order. */
export interface Receiver {
  onHead(head: Head): void;
  /** The memory is the receiver's until it calls `release`. */
  onBody(bytes: Uint8Array, release: () => void): void;
  /** The body is complete, and the connection free for another request if `reusable`. */
  onEnd(reusable: boolean): void;
  onError(error: Error): void;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly trust: Trust;
  readonly session?: Buffer | undefined;
  readonly onSession?: (session: Buffer) => void;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds without a byte while one is expected. */
  readonly stallTimeout: number;
  /** Bytes per second, over the same time. */
  readonly minimumRate: number;
  readonly lookup?: LookupFunction | undefined;
}

// Twice what Node's own client takes.
const longestHead = 32 * 1024;

/** One connection that reads answers straight into memory of ours, for large bodies of known length. */
export class Connection {
  readonly #socket: Socket;
  readonly #slabs: Slabs;
  #paused = false;
  #receiver: Receiver | undefined;
  /** Bytes of the body still to come; undefined while the head is read. */
  #left: number | undefined;
  #keepAlive = true;
  #isReady = false;
  #failure: Error | undefined;
  readonly #watch: RateWatch;
  /** True once an answer was read on it: a server may have closed such a connection meanwhile. */
  used = false;

  constructor(private readonly options: ConnectionOptions) {
    const { url, stallTimeout, connectTimeout } = options;
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const onread = {
      buffer: () => this.#slabs.room(),
      callback: (bytes: number) => this.#read(bytes),
    };
    const { lookup } = options;
    const isTls = url.protocol === "https:";
    this.#slabs = new Slabs(isTls);
    const common = { host, port, onread, noDelay: true, ...(lookup ? { lookup } : {}) };
    this.#socket = isTls
      ? connectTls({
          ...common,
          ...options.trust,
          ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
          ALPNProtocols: ["http/1.1"],
          ...(options.session ? { session: options.session } : {}),
        })
      : connectTcp(common);
    const ready = isTls ? "secureConnect" : "connect";
    this.#socket.setTimeout(connectTimeout);
    this.#socket.once(ready, () => {
      this.#isReady = true;
      this.#socket.setTimeout(stallTimeout);
    });
    this.#socket.on("session", (session: Buffer) => options.onSession?.(session));
    this.#socket.on("timeout", () => {
      // Nothing comes while we do not read: a slow disk or a rate that was asked for is no fault of the other side.
      if (this.#paused) this.#socket.setTimeout(stallTimeout);
      else this.#giveUpUnlessMore(timedOut(this.#isReady ? "socket" : "connect", this.#socket.timeout));
    });
    this.#watch = watchRate({
      span: stallTimeout,
      minimumRate: options.minimumRate,
      onTooSlow: (bytes) => this.#socket.destroy(timedOut(bytes === 0 ? "socket" : "rate", stallTimeout)),
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("end", () => this.#end());
    this.#socket.on("close", () => this.#fail(closedEarly()));
  }

  get isOpen(): boolean {
    return this.#failure === undefined && !this.#socket.destroyed;
  }

  /** True while all memory is with a reader who has not given it back. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Sends a request; what comes back goes to the receiver. One at a time. */
  send(head: string, receiver: Receiver): void {
    if (this.#failure) {
      receiver.onError(this.#failure);
      return;
    }
    this.#socket.ref();
    this.#receiver = receiver;
    this.#left = undefined;
    this.#watch.begin();
    this.#socket.write(head);
  }

  /** Kept for the next request, without keeping the process alive. */
  idle(): void {
    this.#socket.unref();
    this.#socket.setTimeout(0);
  }

  wake(): void {
    this.#socket.setTimeout(this.options.stallTimeout);
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
    if (error) this.#fail(error);
  }

  /** A process that was asleep hears first that its time is over, and then of what has come meanwhile. */
  #giveUpUnlessMore(error: Error): void {
    const wasReady = this.#isReady;
    const before = this.#socket.bytesRead;
    setImmediate(() => {
      const hasCome = wasReady ? this.#socket.bytesRead > before : this.#isReady;
      if (!hasCome) this.#socket.destroy(error);
      else if (this.#receiver) this.#socket.setTimeout(this.options.stallTimeout);
    });
  }

  #read(bytes: number): boolean {
    this.#slabs.came(bytes);
    this.#watch.came(bytes);
    if (this.#left === undefined && !this.#readHead()) return !this.#paused;
    if (this.#left !== undefined) this.#readBody();
    return !this.#paused;
  }

  /** True when there may be a body to look at. */
  #readHead(): boolean {
    const receiver = this.#receiver;
    const { waiting } = this.#slabs;
    const end = headEnd(waiting);
    if (!receiver || (end === undefined && waiting.byteLength > longestHead)) {
      this.destroy(new Unusual("bytes that belong to no answer"));
      return false;
    }
    if (end === undefined) {
      this.#slabs.makeRoom(longestHead);
      return false;
    }
    try {
      const head = parseHead(waiting.subarray(0, end));
      this.#slabs.take(end);
      this.#keepAlive = head.keepAlive;
      this.#left = head.length;
      this.used = true;
      receiver.onHead(head);
      return true;
    } catch (error) {
      this.destroy(error as Error);
      return false;
    }
  }

  #readBody(): void {
    const { waiting, isFull } = this.#slabs;
    const bytes = waiting.byteLength;
    const left = this.#left ?? 0;
    if (bytes > left) {
      this.destroy(new Unusual("more bytes than announced"));
      return;
    }
    // Without a length there is no telling whether more comes.
    if (bytes < left && !isFull && left !== Number.POSITIVE_INFINITY) return;
    if (bytes > 0) this.#handOn(waiting, left);
    this.#left = left - bytes;
    if (this.#left === 0) this.#finish();
  }

  #handOn(waiting: Uint8Array, left: number): void {
    const giveBack = this.#slabs.lend(left);
    this.#receiver?.onBody(waiting, () => {
      giveBack();
      if (this.#paused && !this.#slabs.isLent) {
        this.#paused = false;
        this.#watch.resume();
        // All of the time is the other side's again, and not what we have left of it.
        if (this.#receiver) this.#socket.setTimeout(this.options.stallTimeout);
        this.#socket.resume();
      }
    });
    this.#paused = this.#slabs.isLent;
    if (this.#paused) this.#watch.rest();
  }

  #finish(): void {
    const receiver = this.#receiver;
    this.#watch.end();
    this.#receiver = undefined;
    this.#left = undefined;
    this.#slabs.clear();
    if (!this.#keepAlive) this.#socket.destroy();
    receiver?.onEnd(this.#keepAlive);
  }

  /** The server has said all it had to say. */
  #end(): void {
    if (this.#left === Number.POSITIVE_INFINITY) this.#finish();
    else this.#fail(closedEarly());
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#watch.end();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    if (!receiver) {
      this.#socket.destroy();
      return;
    }
    // What came before the break is worth keeping.
    const { waiting } = this.#slabs;
    if (this.#left !== undefined && waiting.byteLength > 0 && waiting.byteLength <= this.#left) {
      receiver.onBody(waiting, () => {});
    }
    this.#socket.destroy();
    receiver.onError(error);
  }
}

function closedEarly(): Error {
  return Object.assign(new Error("the connection was closed early"), { code: "ECONNRESET" });
}

function timedOut(stage: "connect" | "socket" | "rate", milliseconds: number | undefined): Error {
  const error = new Error(`Timeout awaiting '${stage}' for ${milliseconds}ms`);
  return Object.assign(error, { code: "ETIMEDOUT" });
}
