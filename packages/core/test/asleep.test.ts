import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createHttp } from "../src/index.ts";
import { listening } from "./support/listening.ts";

const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

/** Nothing of this process goes on meanwhile, as when it is stopped, or the machine asleep. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function httpWith(options: { stallTimeout: number; minimumRate?: number }) {
  const http = createHttp({ machine: { env: {} }, retryDelays: [], ...options });
  onTestFinished(() => http.close());
  return http;
}

async function sizeOf(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const piece of pieces) size += piece.byteLength;
  return size;
}

test.each([0, 100])("what came while the process slept is no silence (a rate of at least %i)", async (minimumRate) => {
  let more = () => {};
  const { url } = await listening((socket) =>
    socket.once("data", () => {
      socket.write(head(2000));
      more = () => void socket.write(Buffer.alloc(2000));
    }),
  );
  const { body } = await httpWith({ stallTimeout: 500, minimumRate }).open(url);
  const size = sizeOf(body);

  more();
  sleep(1200);

  expect(await size).toBe(2000);
});

test("what a reader had taken of the time goes to the other side again when he goes on", async () => {
  const [first, rest] = [64 * 1024 + 512 * 1024, 100_000];
  let more = () => {};
  const { url } = await listening((socket) =>
    socket.once("data", () => {
      const said = head(first + rest);
      // Fills the memory of a connection, with which its reader takes his time.
      socket.write(Buffer.concat([Buffer.from(said), Buffer.alloc(first - said.length)]));
      more = () => void socket.write(Buffer.alloc(rest + said.length));
    }),
  );
  const { body } = await httpWith({ stallTimeout: 1500, minimumRate: 0 }).open(url);
  let size = 0;
  for await (const piece of body) {
    if (size === 0) {
      await pause(1300);
      void pause(700).then(more);
    }
    size += piece.byteLength;
  }

  expect(size).toBe(first + rest);
});
