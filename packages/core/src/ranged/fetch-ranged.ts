import { publicUrl } from "../addresses.ts";
import { digestMismatch } from "../digest-mismatch.ts";
import type { FetchContext, Source } from "../fetch-into.ts";
import { startHashJob } from "../hash-pool.ts";
import type { Digest } from "../types.ts";
import { BlockFile } from "./block-file.ts";
import type { Lanes } from "./lanes.ts";
import { Ledger } from "./ledger.ts";
import { RangeRun } from "./range-run.ts";

/** Below this, one connection and no second thread are quicker. In bytes. */
export const rangedFrom = 16 * 1024 * 1024;

/**
 * Completes a large file at `path` from one address, over as many connections as make it faster,
 * while another thread follows with the digest. Continues what is there; gives back the bytes that came.
 *
 * @throws RangesIgnored when the origin only gives whole files; PreloadError `DIGEST_MISMATCH` for wrong bytes
 */
export async function fetchRanged(path: string, source: Source, context: FetchContext, lanes: Lanes): Promise<number> {
  const file = new BlockFile(path, source.size);
  const { ref, onEvent } = context;
  let received = 0;
  const discard = (why: string) => {
    onEvent({ type: "discard", ref, path: context.path, url: publicUrl(source.url), why });
    onEvent({ type: "bytes", ref, path: context.path, bytes: -source.size });
    file.clear();
  };
  try {
    // A first wrong result may come from bytes of an earlier run, or from a transfer that went wrong once.
    for (let last = false; ; last = true) {
      const pass = await fetchOnce(file, source, context, lanes);
      received += pass.received;
      if (pass.digest === source.digest) {
        await file.seal();
        return received;
      }
      const error = digestMismatch(source, pass.digest, file.head(), context.path);
      discard(error.message);
      if (last) throw error;
    }
  } finally {
    file.close();
  }
}

async function fetchOnce(
  file: BlockFile,
  source: Source,
  context: FetchContext,
  lanes: Lanes,
): Promise<{ digest: Digest; received: number }> {
  const { ref, path, onEvent } = context;
  const ledger = new Ledger(source.size, (block) => file.isThere(block));
  onEvent({ type: "fetch", ref, path, size: source.size, from: ledger.have, url: publicUrl(source.url) });
  onEvent({ type: "bytes", ref, path, bytes: ledger.have });
  const job = startHashJob({ path: file.path, size: source.size, like: source.digest, follows: true });
  const run = new RangeRun({ file, ledger, source, context, onFrontier: job.advance });
  try {
    if (ledger.frontier > 0) job.advance(ledger.frontier);
    await run.complete(lanes);
    return { digest: await job.finish(), received: run.received };
  } catch (error) {
    job.drop();
    // Whoever continues counts what is there anew.
    onEvent({ type: "bytes", ref, path, bytes: -ledger.have });
    throw error;
  }
}
