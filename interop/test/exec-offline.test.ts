import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { folderOf } from "../src/make-environment.ts";
import { type Ended, runProgram } from "../src/run-program.ts";
import { bin, world } from "../src/world.ts";

const bart = "hf:preload-demo/tiny-bart";

/** Runs a Python text inside a cut, without the guards and without what tells clients that they are offline. */
async function inCut(place: "newest" | "hub1" | "older", text: string): Promise<Ended> {
  const here = await world(await demoCatalog());
  await here.preloaded([bart]);
  const python = join(folderOf(place), "bin/python");
  const bare = ["env", "-u", "PYTHONPATH", "HF_HUB_OFFLINE=0", "TRANSFORMERS_OFFLINE=0", python, "-c", text];
  const words = ["exec", "--offline=strict", "--tolerate", "-m", bart, "--", ...bare];
  return runProgram([process.execPath, bin, ...words], { cwd: here.home, env: here.env });
}

// Clients that are not told so have to find out; what they are shown has to be what a missing network looks like.
test.each(["newest", "hub1", "older"] as const)(
  "the huggingface_hub of %s takes the cut for a missing network, and reads its cache",
  async (place) => {
    const { code, stdout, stderr } = await inCut(
      place,
      `
import os
from huggingface_hub import snapshot_download
print(sorted(os.listdir(snapshot_download("preload-demo/tiny-bart")))[:1])`,
    );

    expect(stdout, stderr).toBe("['config.json']\n");
    expect(code).toBe(0);
    expect(stderr).toContain("asked huggingface.co");
  },
);

test.each([
  ["requests", `import requests as client; failed = client.exceptions.ConnectionError`],
  ["httpx", `import httpx as client; failed = client.ConnectError`],
] as const)("%s raises what it raises without a network, for a name and for an address", async (_, client) => {
  const { stdout, stderr } = await inCut(
    "newest",
    `
${client}
for url in ("https://models.example/a", "http://203.0.113.7:81/a"):
    try: client.get(url)
    except failed as error: print(type(error).__name__)`,
  );

  const lines = stdout.trim().split("\n");
  expect(lines, stderr).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(/^Connect(ion)?Error$/)));
  expect(stderr).toContain("models.example");
  expect(stderr).toContain("203.0.113.7");
});
