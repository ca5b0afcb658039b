import { PreloadError, parseRef, type RefOptions, understand } from "@preload/core";
import type { Listed } from "../init/listed.ts";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { digestAt } from "./digest-at.ts";
import { covers, filesOf } from "./files-of.ts";
import type { Use } from "./uses.ts";

/** What a config has to say so that a run finds offline what it asked for. Asks what the repository holds today. */
export async function lineFor(use: Use, session: Session): Promise<Listed> {
  const ref = use.revision === undefined ? use.ref : `${use.ref}@${use.revision}`;
  const isHub = schemeOf(ref) === "hf";
  try {
    const settings = isHub ? await hubOptions(ref, use, session) : await digestAt(parseRef(ref), session);
    return { ref, settings, comment: "" };
  } catch (error) {
    if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
    // It was asked for, so it belongs here; what is left to do is for the reader.
    const [why] = error.message.split("\n", 1);
    return { ref, settings: isHub ? included([...use.files.keys()]) : {}, comment: `not looked up: ${why}` };
  }
}

/** The fewest words that bring every file that was asked for, and not much more. */
async function hubOptions(ref: string, { files }: Use, session: Session): Promise<RefOptions> {
  const asked = [...files.keys()];
  const broughtBy = (options: RefOptions) => resolvedFiles(ref, options, session);
  const byDefault = await broughtBy({});
  if (covers(byDefault, asked)) return isWaste(byDefault, files) ? included(asked) : {};
  // Refused where there are no such weights; then it is something else that is lacking.
  if (asked.some((file) => /\.bin$/.test(file)) && covers(await broughtBy({ weights: "bin" }).catch(none), asked)) {
    return { weights: "bin" };
  }
  const all = await broughtBy({ for: "all" });
  return [...all.keys()].every((file) => files.has(file)) ? { for: "all" } : included(asked);
}

async function resolvedFiles(ref: string, options: RefOptions, session: Session): Promise<ReadonlyMap<string, number>> {
  const { fetcher, parsed } = understand({ ref, options, optional: false }, session.fetchers);
  return filesOf(await fetcher.resolve(parsed, { signal: session.signal }));
}

function none(error: unknown): ReadonlyMap<string, number> {
  if (error instanceof PreloadError && error.code !== "ABORTED") return new Map();
  throw error;
}

/** Weights that nobody asked for. Where bytes were in a cache already, it cannot be told what else is read there. */
function isWaste(brought: ReadonlyMap<string, number>, files: Use["files"]): boolean {
  if (files.size === 0 || [...files.values()].some(({ isFetched }) => !isFetched)) return false;
  const sum = (sizes: Iterable<number>) => [...sizes].reduce((total, size) => total + size, 0);
  return 2 * sum([...files.keys()].map((file) => brought.get(file) ?? 0)) < sum(brought.values());
}

function included(files: readonly string[]): RefOptions {
  const patterns = [...files].sort().map((file) => file.replaceAll(/[[*?]/g, "[$&]"));
  const [first] = patterns;
  if (first === undefined) return {};
  return { include: patterns.length === 1 ? first : patterns };
}
