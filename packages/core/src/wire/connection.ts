import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type RateWatch, watchRate } from "../rate-watch.ts";
import type { Trust } from "../trust.ts";
import { type Head, headEnd, parseHead } from "./head.ts";

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

// Large enough that a write to the disk is worth its trip through the thread pool, small enough for many connections.
const slabSize = 512 * 1024;
// What a connection begins with: enough for a small file after the longest head.
const smallSize = 64 * 1024;
// And more than Node's TLS hands over at once, which is what it has decrypted of one read of 64 KiB.
const smallTlsSize = 128 * 1024;
// Twice what Node's own client takes.
const longestHead = 32 * 1024;

/** An answer that this small reader of HTTP does not understand; the full client has to ask again. */
export class Unusual extends Error {
  /** For when its body has begun, and it is too late to ask again. Node's parser calls such things HPE_…, too. */
  readonly code = "HPE_UNUSUAL";
}

/**
 * One connection that reads answers straight into memory of ours, for large bodies of known length.
 * The kernel writes into one of two slabs while the other is on its way to the disk; when both are, it waits.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #isTls: boolean;
  readonly #slabs: [Slab, Slab];
  /** Memory for what TLS hands over although it was told to wait; kept for the next time. */
  #spare: Slab | undefined;
  #current = 0;
  /** Where in the current slab what is not yet handed on begins, and where the next read goes. */
  #start = 0;
  #fill = 0;
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
      buffer: () => this.#room(),
      callback: (bytes: number) => this.#read(bytes),
    };
    const { lookup } = options;
    this.#isTls = url.protocol === "https:";
    this.#slabs = [this.#smallSlab(), this.#smallSlab()];
    const common = { host, port, onread, noDelay: true, ...(lookup ? { lookup } : {}) };
    this.#socket = this.#isTls
      ? connectTls({
          ...common,
          ...options.trust,
          ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
          ALPNProtocols: ["http/1.1"],
          ...(options.session ? { session: options.session } : {}),
        })
      : connectTcp(common);
    const ready = this.#isTls ? "secureConnect" : "connect";
    this.#socket.setTimeout(connectTimeout);
    this.#socket.once(ready, () => {
      this.#isReady = true;
      this.#socket.setTimeout(stallTimeout);
    });
    this.#socket.on("session", (session: Buffer) => options.onSession?.(session));
    this.#socket.on("timeout", () => {
      // Nothing comes while we do not read: a slow disk or a rate that was asked for is no fault of the other side.
      if (this.#paused) this.#socket.setTimeout(stallTimeout);
      else this.#socket.destroy(timedOut(this.#isReady ? "socket" : "connect", this.#socket.timeout));
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

  #room(): Uint8Array {
    // A TLS socket that is paused still delivers what it has decrypted, and must not do so into memory that is lent.
    if (this.#isTls && this.#slab().out) {
      this.#slabs[this.#current] = this.#spare ?? this.#smallSlab();
      this.#spare = undefined;
      this.#start = 0;
      this.#fill = 0;
    }
    return this.#slab().memory.subarray(this.#fill);
  }

  #smallSlab(): Slab {
    return slab(this.#isTls ? smallTlsSize : smallSize);
  }

  #slab(): Slab {
    return this.#slabs[this.#current] as Slab;
  }

  #read(bytes: number): boolean {
    this.#fill += bytes;
    this.#watch.came(bytes);
    if (this.#left === undefined && !this.#readHead()) return !this.#paused;
    if (this.#left !== undefined) this.#readBody();
    return !this.#paused;
  }

  /** True when there may be a body to look at. */
  #readHead(): boolean {
    const receiver = this.#receiver;
    const { memory } = this.#slab();
    const end = headEnd(memory, this.#start, this.#fill);
    if (!receiver || (end === undefined && this.#fill - this.#start > longestHead)) {
      this.destroy(new Unusual("bytes that belong to no answer"));
      return false;
    }
    if (end === undefined) {
      // Room for the rest of the head, in case little is left of the slab.
      if (memory.byteLength - this.#fill < longestHead) this.#turn();
      return false;
    }
    try {
      const head = parseHead(memory.subarray(this.#start, end));
      this.#start = end;
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
    const waiting = this.#fill - this.#start;
    const left = this.#left ?? 0;
    if (waiting > left) {
      this.destroy(new Unusual("more bytes than announced"));
      return;
    }
    const isFull = this.#fill === this.#slab().memory.byteLength;
    // Without a length there is no telling whether more comes.
    if (waiting < left && !isFull && left !== Number.POSITIVE_INFINITY) return;
    if (waiting > 0) this.#handOn(waiting);
    this.#left = left - waiting;
    if (this.#left === 0) this.#finish();
  }

  #handOn(bytes: number): void {
    const from = this.#slab();
    const view = from.memory.subarray(this.#start, this.#start + bytes);
    from.out = true;
    this.#turn();
    this.#receiver?.onBody(view, () => {
      from.out = false;
      this.#takeBack(from);
      if (this.#paused && !this.#slab().out) {
        this.#paused = false;
        this.#watch.resume();
        this.#socket.resume();
      }
    });
    this.#paused = this.#slab().out;
    if (this.#paused) this.#watch.rest();
  }

  /** A slab whose place was taken comes back to it, or is kept for when there is none. */
  #takeBack(from: Slab): void {
    if (this.#slabs.includes(from)) return;
    const other = 1 - this.#current;
    const there = this.#slabs[other];
    if (there && !there.out && there.memory.byteLength < from.memory.byteLength) {
      this.#slabs[other] = from;
      this.#spare = there;
    } else this.#spare = from;
  }

  /** Goes on in the other slab; what is left of a head that was cut comes along. */
  #turn(): void {
    const rest = this.#slab().out ? 0 : this.#fill - this.#start;
    const before = this.#slab().memory.subarray(this.#start, this.#start + rest);
    this.#current = 1 - this.#current;
    this.#grow();
    if (rest > 0) this.#slab().memory.set(before);
    this.#start = 0;
    this.#fill = rest;
  }

  /** A body that does not fit gets more memory, which the connection then keeps. */
  #grow(): void {
    const { memory, out } = this.#slab();
    if (out || memory.byteLength >= slabSize || (this.#left ?? 0) <= memory.byteLength) return;
    this.#slabs[this.#current] = slab(slabSize);
  }

  #finish(): void {
    const receiver = this.#receiver;
    this.#watch.end();
    this.#receiver = undefined;
    this.#left = undefined;
    if (this.#slab().out) this.#turn();
    this.#start = 0;
    this.#fill = 0;
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
    const waiting = this.#fill - this.#start;
    if (this.#left !== undefined && waiting > 0 && waiting <= this.#left) {
      receiver.onBody(this.#slab().memory.subarray(this.#start, this.#fill), () => {});
    }
    this.#socket.destroy();
    receiver.onError(error);
  }
}

interface Slab {
  readonly memory: Uint8Array;
  /** On its way to the disk. */
  out: boolean;
}

function slab(size: number): Slab {
  return { memory: Buffer.allocUnsafeSlow(size), out: false };
}

function closedEarly(): Error {
  return Object.assign(new Error("the connection was closed early"), { code: "ECONNRESET" });
}

function timedOut(stage: "connect" | "socket" | "rate", milliseconds: number | undefined): Error {
  const error = new Error(`Timeout awaiting '${stage}' for ${milliseconds}ms`);
  return Object.assign(error, { code: "ETIMEDOUT" });
}
