import { proxy, serve } from "@preload/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { openTunnel } from "../src/trace/tunnel.ts";

test.each([
  ["me:pass%20word", "me:pass word"],
  ["100%:50%off%ff", "100%:50%off%ff"],
])("a proxy whose address holds %s is shown %s", async (written, shown) => {
  const origin = await serve({ "/": "hello" });
  onTestFinished(() => origin.close());
  const through = await proxy({ auth: shown, lead: () => ({ host: "127.0.0.1", port: origin.port }) });
  onTestFinished(() => through.close());
  const before = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = through.url.replace("//", `//${written}@`);
  onTestFinished(() => {
    if (before === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = before;
  });

  const socket = await openTunnel("models.example", 443);
  socket.destroy();

  expect(through.requests.map(({ passed }) => passed)).toEqual([true]);
});
