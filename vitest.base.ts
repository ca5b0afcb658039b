import { defineConfig } from "vitest/config";

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
  },
});
