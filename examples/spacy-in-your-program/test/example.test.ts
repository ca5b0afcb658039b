import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { startDemoOrigin } from "@preload/demo-origin";
import { expect, onTestFinished, test, vi } from "vitest";

test("the example fetches a pipeline and says how to load it", async () => {
  const { endpoints, close } = await startDemoOrigin();
  onTestFinished(close);
  const data = await tempDir();
  vi.stubEnv("XDG_DATA_HOME", data);
  vi.stubEnv("VIRTUAL_ENV", "");
  vi.stubEnv("SPACY_ENDPOINT", endpoints.spacy);
  vi.stubEnv("SPACY_MODEL", "en_demo_core");
  const said = vi.spyOn(console, "log").mockReturnValue();

  await import("../index.mjs");

  expect(said.mock.calls).toEqual([
    ["en_demo_core 3.8.0 for spaCy of any line"],
    [`PYTHONPATH=${join(data, "spacy")} python -c 'import spacy; spacy.load("en_demo_core")'`],
  ]);
});
