import { mergeConfig } from "vitest/config";
import base from "../vitest.base.ts";
import { MatrixReporter } from "./src/matrix-reporter.ts";

export default mergeConfig(base, {
  test: {
    globalSetup: ["src/prepare.ts"],
    reporters: [new MatrixReporter()],
    // Each client loads torch or something as large: two at a time is what a small machine bears.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
