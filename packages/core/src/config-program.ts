import { types } from "node:util";
// The entry without `/static` looks for its compiler beside itself, where a bundle has none.
import { createJiti } from "jiti/static";
import type { Config } from "./config.ts";
import { normalizeConfig } from "./config-normalize.ts";
import { PreloadError } from "./errors.ts";

/** Runs `preload.config.ts` or `.js` and takes its default export. */
export async function parseProgram(path: string, schemes: readonly string[]): Promise<Config> {
  const written = defaultExport(await run(path), path);
  return normalizeConfig(written, path, schemes, () => "");
}

function defaultExport(module: unknown, path: string): unknown {
  const { default: written, __esModule: isModule } = module as { default?: unknown; __esModule?: unknown };
  if (written !== undefined) return written;
  // `module.exports = { … }`
  if (!isModule && !types.isModuleNamespaceObject(module)) return module;
  throw new PreloadError("BAD_CONFIG", `${path} has no default export`, {
    hint: "It ends in `export default { … }`.",
  });
}

async function run(path: string): Promise<unknown> {
  try {
    return await createJiti(path, { interopDefault: false }).import(path);
  } catch (error) {
    throw new PreloadError("BAD_CONFIG", `${path} cannot be run: ${(error as Error).message}`, { cause: error });
  }
}
