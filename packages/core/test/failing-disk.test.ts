import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskError } from "../src/disk-error.ts";
import { type FetchContext, fetchInto, type Source } from "../src/fetch-into.ts";
import { createHttp, type MaterializeEvent } from "../src/index.ts";
import { BlockFile } from "../src/ranged/block-file.ts";
import { createLanes } from "../src/ranged/lanes.ts";
import { Ledger } from "../src/ranged/ledger.ts";
import { RangeRun } from "../src/ranged/range-run.ts";
import { MemoryTarget } from "../src/target.ts";
import { pattern, sha256, tempDir } from "../testing/index.ts";
import { serveFiles } from "./support/serve-files.ts";

const body = pattern(3_000_000);

// Each is what a connection may report as well: a firewall, or one that fell silent.
const codes = ["EPERM", "EACCES", "ETIMEDOUT"];

// No file system of a test's own refuses a write to an open file in these ways.
function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused, write`), { code, syscall: "write" });
}

class RefusingFile extends BlockFile {
  code = "EPERM";
  override write(): Promise<void> {
    return Promise.reject(refusal(this.code));
  }
}

class RefusingTarget extends MemoryTarget {
  code = "EPERM";
  override write(): Promise<never> {
    return Promise.reject(refusal(this.code));
  }
}

async function world() {
  const origin = await serveFiles({ "model.bin": body });
  const http = createHttp({ machine: { env: {} } });
  onTestFinished(() => http.close());
  const source: Source = { url: `${origin.url}/model.bin`, size: body.size, digest: `sha256:${sha256(body)}` };
  const events: MaterializeEvent["type"][] = [];
  const onEvent = ({ type }: MaterializeEvent) => void events.push(type);
  const context: FetchContext = {
    ref: "toy:tiny",
    path: "model.bin",
    http,
    gated: false,
    retryDelays: [0, 0],
    onEvent,
  };
  return { origin, source, context, events };
}

test.each(codes)("%s of a write is the disk's, and fails at once: in one go", async (code) => {
  const { origin, source, context, events } = await world();
  const file = Object.assign(new RefusingTarget(body.size), { code });

  await expect(fetchInto(file, source, context)).rejects.toMatchObject({ syscall: "write", code });

  expect(origin.requests).toHaveLength(1);
  expect(events).not.toContain("retry");
});

test.each(codes)("%s of a write is the disk's, and fails at once: in ranges", async (code) => {
  const { source, context, events } = await world();
  const path = join(await tempDir(), "model.bin.part");
  closeSync(openSync(path, "w"));
  const file = Object.assign(new RefusingFile(path, body.size), { code });
  onTestFinished(() => file.close());
  const run = new RangeRun({ file, ledger: new Ledger(body.size), source, context, onFrontier: () => {} });

  await expect(run.complete(createLanes({ first: 1, most: 1 }))).rejects.toMatchObject({ syscall: "write", code });

  expect(events).not.toContain("retry");
});

test.each(codes)("%s of a disk is told with what to do about it", (code) => {
  expect(diskError(refusal(code), "/models/model.bin")).toMatchObject({
    code: "NOT_WRITABLE",
    message: expect.stringContaining(`/models/model.bin cannot be written: `),
    hint: expect.any(String),
  });
});
