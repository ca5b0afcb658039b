import { join } from "node:path";
import { describeFetcher, tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { fetcherFor, origin } from "./worlds.ts";

describeFetcher("whisper", {
  describe,
  expect,
  test,
  async make() {
    const { endpoints, origin: server, sha256 } = await origin();
    const fetcher = fetcherFor(endpoints.whisper, { dir: join(await tempDir(), "whisper") });
    return {
      fetcher,
      origin: server,
      ref: `whisper:mine@${sha256}`,
      badRef: "whisper:tiny.en@main",
      unknownRef: `whisper:other@${"a".repeat(64)}`,
    };
  },
});
