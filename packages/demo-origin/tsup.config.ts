import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", serve: "src/serve.ts", "with-demo-origin": "src/with-demo-origin.ts" },
  format: "esm",
  target: "node20",
  dts: true,
  clean: true,
  splitting: true,
});
