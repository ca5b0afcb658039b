import { join } from "node:path";
import { describeFetcher, tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { fetcherFor, origin, tiny } from "./worlds.ts";

describeFetcher("spacy", {
  describe,
  expect,
  test,
  async make() {
    const { endpoints, origin: server } = await origin([tiny()]);
    const fetcher = fetcherFor(endpoints, { dir: join(await tempDir(), "spacy") });
    return {
      fetcher,
      origin: server,
      ref: "spacy:en_tiny",
      badRef: "spacy:en tiny/..",
      unknownRef: "spacy:xx_nobody_knows",
    };
  },
});
