import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/soak.ts", "src/child.ts"],
  format: "esm",
  target: "node20",
  clean: true,
  // From the sources as they are now, so that a run tells of the code and not of the last build.
  noExternal: [/.*/],
  splitting: true,
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  esbuildOptions: (options) => {
    options.conditions = ["source", "node", "import", "default"];
  },
});
