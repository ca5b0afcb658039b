import { defineConfig } from "tsup";

export default defineConfig([
  { entry: { index: "src/index.ts" }, format: "esm", target: "node20", dts: true, clean: true, splitting: true },
  // Read at the start of every process that is guarded: one small file, without comments.
  {
    entry: { "node-guard": "src/node-guard.ts" },
    format: "cjs",
    target: "node20",
    esbuildOptions: (options) => {
      options.minifySyntax = true;
      options.minifyWhitespace = true;
    },
  },
]);
