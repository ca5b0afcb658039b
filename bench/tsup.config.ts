import { defineConfig } from "tsup";

export default defineConfig({
  entry: { bench: "src/bench.ts", origin: "src/origin/origin.ts", "js-client": "src/peers/js-client.ts" },
  format: "esm",
  target: "node20",
  clean: true,
  splitting: true,
});
