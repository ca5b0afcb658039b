import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeFetcher, tempDir } from "../../testing/index.ts";
import { serveFiles } from "../support/serve-files.ts";
import { toy, toyFiles } from "../support/toy-fetcher.ts";

describeFetcher("a toy", {
  describe,
  expect,
  test,
  async make() {
    const origin = await serveFiles(toyFiles({ bear: { revision: "1", content: "fur" } }));
    const fetcher = toy({ dir: join(await tempDir(), "toys"), origin });
    return { fetcher, origin, ref: "toy:bear", badRef: "toy:B3AR", unknownRef: "toy:dragon" };
  },
});
