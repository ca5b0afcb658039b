import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type HashReply, type HashRequest, hashWorker } from "./hash-worker.ts";
import type { Digest } from "./types.ts";

/** A digest that is computed in another thread while a file is being written. */
export interface HashJob {
  /** The bytes before this position are on the disk and may be read. */
  advance(upTo: number): void;
  /** The digest of everything up to the last `advance`. */
  finish(): Promise<Digest>;
  drop(): void;
}

interface HashJobOptions {
  readonly path: string;
  readonly size: number;
  readonly like: Digest;
  /** Follows a transfer: one thread keeps up with any network, so a second one would only cost memory. */
  readonly follows: boolean;
  readonly onRead?: ((bytes: number) => void) | undefined;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, (reply: HashReply) => void>;
}

const threads: Thread[] = [];
const mostThreads = Math.min(4, availableParallelism());
const worthTelling = 4 * 1024 * 1024;
let lastId = 0;

/** Starts hashing a file from its beginning. */
export function startHashJob({ path, size, like, follows, onRead }: HashJobOptions): HashJob {
  lastId += 1;
  const id = lastId;
  const thread = chosenThread(follows ? 1 : mostThreads);
  const tell = (request: HashRequest) => thread.worker.postMessage(request);
  const { promise, resolve, reject } = deferred<Digest>();
  promise.catch(() => {}); // A failure before `finish` is asked for is told then.

  const end = () => {
    thread.jobs.delete(id);
    if (thread.jobs.size > 0) return;
    threads.splice(threads.indexOf(thread), 1);
    void thread.worker.terminate();
  };
  thread.jobs.set(id, (reply) => {
    if (reply.type === "read") return onRead?.(reply.bytes);
    end();
    if (reply.type === "digest")
      resolve(`${like.startsWith("sha256:") ? "sha256" : "git-sha1"}:${reply.hex}` as Digest);
    else reject(Object.assign(new Error(reply.message), { code: reply.code }));
  });
  const isSha256 = like.startsWith("sha256:");
  tell({ id, type: "open", path, algorithm: isSha256 ? "sha256" : "sha1", prefix: isSha256 ? "" : `blob ${size}\0` });
  let told = 0;
  let there = 0;
  const tellThere = () => {
    if (there > told) tell({ id, type: "read", upTo: there });
    told = there;
  };
  return {
    advance(upTo) {
      there = upTo;
      // A message costs both threads more than the look at a piece does.
      if (there - told >= worthTelling) tellThere();
    },
    finish() {
      tellThere();
      tell({ id, type: "finish" });
      return promise;
    },
    drop() {
      if (!thread.jobs.has(id)) return;
      tell({ id, type: "drop" });
      end();
    },
  };
}

/** The one with least to do, or a new one while there may be more. */
function chosenThread(most: number): Thread {
  const [idlest] = [...threads].sort((one, other) => one.jobs.size - other.jobs.size);
  if (idlest && (threads.length >= most || idlest.jobs.size === 0)) return idlest;
  const worker = new Worker(`(${hashWorker.toString()})()`, { eval: true });
  const thread: Thread = { worker, jobs: new Map() };
  worker.on("message", (reply: HashReply) => thread.jobs.get(reply.id)?.(reply));
  worker.on("error", (error) => {
    for (const [id, tell] of thread.jobs) tell({ id, type: "error", message: error.message });
  });
  threads.push(thread);
  return thread;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
