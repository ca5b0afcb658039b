import { join } from "node:path";
import { tempDir, tree } from "@preload/core/testing";
import { startDemoOrigin } from "@preload/demo-origin";
import { expect, onTestFinished, test, vi } from "vitest";

test("the example fetches a checkpoint and says how to load it", async () => {
  const { endpoints, catalog, close } = await startDemoOrigin();
  onTestFinished(close);
  const [model] = catalog.whisper;
  const cache = await tempDir();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("WHISPER_ENDPOINT", endpoints.whisper);
  vi.stubEnv("WHISPER_MODEL", `${model?.name}@${model?.sha256}`);
  const said = vi.spyOn(console, "log").mockReturnValue();

  await import("../index.mjs");

  const path = join(cache, "whisper", "tiny-demo.pt");
  expect(said.mock.calls).toEqual([["Fetched:", path], [`whisper.load_model(${JSON.stringify(path)})`]]);
  expect(await tree(cache)).toEqual([expect.stringMatching(/^whisper\/tiny-demo.pt \d+$/)]);
});
