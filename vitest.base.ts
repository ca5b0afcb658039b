import { defineConfig } from "vitest/config";
import { SecondTries } from "./vitest.second-tries.ts";

// Packages of this repository are tested from their sources, so that a test run needs no build of its neighbours.
const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    // Many start processes, and a machine may be busy with others: this is for what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Some two thousand tests that start and end real processes: one that loses a race is told of, and has one more try.
    // What kills at random has none: there the one time is the finding.
    retry: process.env.CI === undefined ? 0 : 1,
    reporters: ["default", new SecondTries()],
  },
});
