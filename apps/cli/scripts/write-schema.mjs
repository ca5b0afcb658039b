// Writes schema/preload.schema.json anew. Run it after the meaning of a config has changed.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "tsup";

const root = fileURLToPath(new URL("..", import.meta.url));
const outDir = await mkdtemp(join(tmpdir(), "preload-schema-"));
try {
  // From the sources, as the tests read them, so that no build is needed first.
  await build({
    config: false,
    entry: { schema: join(root, "src/preload-schema.ts") },
    outDir,
    format: "esm",
    target: "node20",
    silent: true,
    noExternal: [/.*/],
    outExtension: () => ({ js: ".mjs" }),
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    esbuildOptions: (options) => {
      options.conditions = ["source", "node", "import", "default"];
    },
  });
  const { preloadSchema } = await import(pathToFileURL(join(outDir, "schema.mjs")).href);
  await writeFile(join(root, "schema/preload.schema.json"), await preloadSchema());
} finally {
  await rm(outDir, { recursive: true, force: true });
}
