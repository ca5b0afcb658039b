import { PreloadError } from "@preload/core";

/**
 * Asks one endpoint after the other until one answers.
 * When none does: a network failure is never passed off as "not found", nor "no access" as "not there".
 */
export async function askInOrder<E, T>(endpoints: readonly E[], ask: (endpoint: E) => Promise<T>): Promise<T> {
  const errors: PreloadError[] = [];
  for (const endpoint of endpoints) {
    try {
      return await ask(endpoint);
    } catch (error) {
      if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
      errors.push(error);
    }
  }
  const refusals = ["NOT_FOUND", "REVISION_NOT_FOUND", "FOREIGN_COMMIT"];
  throw errors.find(({ code }) => code === "GATED") ?? errors.find(({ code }) => !refusals.includes(code)) ?? errors[0];
}
