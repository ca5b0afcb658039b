import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";
import { mergeStart } from "./scripts/merge-start.ts";

const start = mergeStart({
  groups: [
    { file: "start.js", entries: ["run", "parse", "ci", "install", "verify"] },
    // What a run needs that has something to fetch from the Hub.
    { file: "fetch.js", entries: ["config-parse", "http-engine", "mend", "p-limit", "placed", "resolve"] },
  ],
});

export default defineConfig({
  entry: { run: "src/run.ts" },
  format: "esm",
  target: "node20",
  clean: true,
  // One package without dependencies: a start reads few files, and each heavy library is a chunk of its own.
  noExternal: [/.*/],
  splitting: true,
  removeNodeProtocol: false,
  // What is inside of libraries from before ECMAScript modules. Made when it is used: each of the files begins with it.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";let __required;const require=(id)=>(__required??=__createRequire(import.meta.url))(id);',
  },
  esbuildOptions: (options) => {
    options.conditions = ["source", "node", "import", "default"];
    // Comments and indentation are read at each start. Names stay, so that a stack says where it was.
    options.minifySyntax = true;
    options.minifyWhitespace = true;
  },
  esbuildPlugins: [start.plugin],
  onSuccess: async () => {
    await start.run("dist");
    await cp("../../packages/demo-origin/fixtures", "dist/fixtures", { recursive: true });
    await cp("../../packages/guards/python", "dist/python", {
      recursive: true,
      filter: (path) => !path.includes("__pycache__"),
    });
  },
});
