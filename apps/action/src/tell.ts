import type { EntryRun } from "./outcome.ts";
import type { Runner } from "./runner.ts";

/** Says what the cache had, a line for each entry, and as an annotation what somebody should know. */
export function tellFound(runs: readonly EntryRun[], runner: Runner): void {
  for (const { entry, found } of runs) {
    const name = entry.refs.length === 1 ? entry.refs[0] : `${entry.refs.length} models`;
    switch (found.state) {
      case "present":
        runner.info(`there      ${name}`);
        break;
      case "exact":
        runner.info(`restored   ${name}  ${found.key}`);
        break;
      case "older":
        runner.info(`restored   ${name}, what an older entry has of it  ${found.key}`);
        break;
      case "bad":
        runner.info(`damaged    ${name}  ${found.key}`);
        runner.annotate(
          "notice",
          `The cache entry ${found.key} is not what the lock says (${found.why}). What is right of it was used, the rest is fetched; a run that may save puts another entry in its place.`,
        );
        break;
      case "miss":
        runner.info(`not cached ${name}  ${entry.key}`);
        break;
    }
  }
  // One reason is enough: what keeps one entry away keeps away all.
  const [trouble] = runs.flatMap(({ found }) => (found.state === "miss" && found.trouble ? [found.trouble] : []));
  if (trouble !== undefined) runner.annotate("notice", `The cache could not be read: ${withNextStep(trouble)}`);
}

export function tellSaved(runs: readonly EntryRun[], runner: Runner): void {
  for (const { saved } of runs) {
    if (saved?.state === "saved") runner.info(`saved      ${saved.key}`);
    if (saved?.state === "there") runner.info(`not saved  ${saved.key}, which somebody else has saved or is saving`);
    if (saved?.state === "refused") runner.info(`not saved  ${saved.key}`);
  }
  const [why] = runs.flatMap(({ saved }) => (saved?.state === "refused" ? [saved.why] : []));
  if (why !== undefined) runner.annotate("notice", `Nothing more was saved in the cache: ${withNextStep(why)}`);
}

/** A full disk is named by the trouble itself; what else is to be done, the models being there, is nothing. */
function withNextStep(trouble: string): string {
  if (!/no space left on device|quota exceeded/i.test(trouble)) return trouble;
  return `${trouble}\nFree some space there before this step, or give the runner a RUNNER_TEMP on a larger disk; an entry needs room for itself, packed and unpacked.`;
}
