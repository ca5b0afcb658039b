import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: { bin: "src/bin.ts" },
  format: "esm",
  target: "node20",
  clean: true,
  // One package without dependencies: a start reads few files, and each heavy library is a chunk of its own.
  noExternal: [/.*/],
  splitting: true,
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  esbuildOptions: (options) => {
    options.conditions = ["source", "node", "import", "default"];
    // Comments and indentation are read at each start. Names stay, so that a stack says where it was.
    options.minifySyntax = true;
    options.minifyWhitespace = true;
  },
  onSuccess: () => cp("../../packages/demo-origin/fixtures", "dist/fixtures", { recursive: true }),
});
