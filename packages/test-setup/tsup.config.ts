import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: {
      index: "src/index.ts",
      vitest: "src/vitest.ts",
      "vitest-worker": "src/vitest-worker.ts",
      jest: "src/jest.ts",
      "jest-setup": "src/jest-setup.ts",
      "jest-teardown": "src/jest-teardown.ts",
      playwright: "src/playwright.ts",
      mocha: "src/mocha.ts",
    },
    format: "esm",
    target: "node20",
    dts: true,
    splitting: true,
    external: ["vitest", "mocha", "@playwright/test"],
  },
  // What Jest loads into its tests: its own loader knows no ECMAScript modules.
  {
    entry: { jest: "src/jest.ts", "jest-each-test": "src/jest-each-test.ts" },
    format: "cjs",
    target: "node20",
    dts: true,
    shims: true,
  },
]);
