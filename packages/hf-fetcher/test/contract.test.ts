import { join } from "node:path";
import { createHttp } from "@preload/core";
import { describeFetcher, tempDir } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { hf } from "../src/index.ts";
import { hub, machine } from "./world.ts";

const files = { "config.json": "{}", "tokenizer/vocab.json": '{ "a": 1 }', "model.safetensors": "weights" };

describeFetcher("hf", {
  describe,
  expect,
  test,
  async make() {
    const demo = await hub({ repos: [hubRepo({ id: "org/tiny", files })] });
    const fetcher = hf({
      machine,
      dir: join(await tempDir(), "hub"),
      endpoints: [{ url: demo.endpoints.hf, token: true }],
      http: createHttp({ machine, retryDelays: [] }),
    });
    return {
      fetcher,
      origin: demo.origin,
      ref: "hf:org/tiny",
      options: { for: "all" },
      badRef: "hf:org/ti--ny",
      unknownRef: "hf:org/nobody-knows",
    };
  },
});
