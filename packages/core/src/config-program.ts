import { createJiti } from "jiti";
import type { Config } from "./config.ts";
import { normalizeConfig } from "./config-normalize.ts";
import { PreloadError } from "./errors.ts";

/** Runs `preload.config.ts` or `.js` and takes its default export. */
export async function parseProgram(path: string, schemes: readonly string[]): Promise<Config> {
  const written = await run(path);
  return normalizeConfig(written, path, schemes, () => "");
}

async function run(path: string): Promise<unknown> {
  try {
    return await createJiti(path).import(path, { default: true });
  } catch (error) {
    throw new PreloadError("BAD_CONFIG", `${path} cannot be run: ${(error as Error).message}`, { cause: error });
  }
}
