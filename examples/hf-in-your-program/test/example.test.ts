import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { startDemoOrigin } from "@preload/demo-origin";
import { expect, onTestFinished, test, vi } from "vitest";

test("the example fetches a model and says how to load it", async () => {
  const { endpoints, catalog, close } = await startDemoOrigin();
  onTestFinished(close);
  const home = await tempDir();
  for (const name of ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN"]) vi.stubEnv(name, undefined);
  vi.stubEnv("HF_HOME", home);
  vi.stubEnv("HF_ENDPOINT", endpoints.hf);
  vi.stubGlobal(
    "process",
    Object.assign(Object.create(process), { argv: ["node", "index.mjs", "preload-demo/tiny-bart"] }),
  );
  const said = vi.spyOn(console, "log").mockReturnValue();

  await import("../index.mjs" as string);

  const commit = catalog.repos.find(({ id }) => id === "preload-demo/tiny-bart")?.revisions.get("main")?.sha;
  const cache = join(home, "hub");
  expect(said.mock.calls).toEqual([
    ["Fetched:", join(cache, "models--preload-demo--tiny-bart", "snapshots", commit ?? "")],
    [expect.stringMatching(/^7 files that nobody loads were left out \(\d+ bytes\)$/)],
    [`HF_HUB_OFFLINE=1 HF_HUB_CACHE=${cache} python your_program.py`],
  ]);
});
