import { join } from "node:path";
import { PreloadError } from "./errors.ts";
import { type MaterializeOptions, materialize, type Outcome } from "./materialize.ts";
import { createLanes } from "./ranged/lanes.ts";
import { isNotAccepted, type Resolution } from "./resolve-all.ts";
import { createSlots } from "./slots.ts";
import { remember } from "./state.ts";

export type InstallAllOptions = Omit<MaterializeOptions, "dir" | "http" | "mirrors" | "symlinks"> & {
  /** Called when a model is done, for better or worse. */
  readonly onResult?: (result: Result) => void;
  /** The lock that is going to name what is resolved now. @default none: it is installed by hand */
  readonly lock?: string | undefined;
};

/** What became of a model. */
export type Result = Resolution & {
  /** Where the application finds it; absent unless it is there and verified. */
  readonly path?: string;
  readonly outcome?: Outcome;
  /** Milliseconds. */
  readonly took: number;
};

/** Makes every resolved model true, side by side. One that fails does not stop the others; look at each `status`. */
export async function installAll(resolutions: readonly Resolution[], options: InstallAllOptions): Promise<Result[]> {
  const { concurrency } = options;
  const slots = createSlots(typeof concurrency === "number" ? { concurrency } : {});
  const shared = { lanes: createLanes(), slots, ...options, concurrency: await sharedLimit(concurrency) };
  return Promise.all(
    resolutions.map(async (resolution) => {
      const result = await installOne(resolution, shared);
      options.onResult?.(result);
      return result;
    }),
  );
}

async function installOne(resolution: Resolution, options: InstallAllOptions): Promise<Result> {
  if (resolution.status !== "resolved") return { ...resolution, took: 0 };
  const { fetcher, manifest, request, ref, requiredBy, from } = resolution;
  const { dir, http, mirrors, symlinks } = fetcher;
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  try {
    const outcome = await materialize(manifest, { ...options, dir, http, mirrors, symlinks });
    if (from === "network" && options.stateDir !== undefined) remember(options.stateDir, dir, manifest, options.lock);
    return { ...resolution, path: join(dir, manifest.path), outcome, took: took() };
  } catch (error) {
    const status = request.optional && isNotAccepted(error) ? "skipped" : "failed";
    return { request, ref, requiredBy, status, manifest, error: named(error, ref), took: took() };
  }
}

/** The same error, beginning with the name the reader used. */
function named(error: unknown, ref: string): unknown {
  if (!(error instanceof PreloadError) || error.message.startsWith(ref)) return error;
  return new PreloadError(error.code, `${ref}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    details: error.details,
  });
}

/** One limit over all models, made only when there is something to fetch. */
async function sharedLimit(
  concurrency: MaterializeOptions["concurrency"] = 8,
): Promise<NonNullable<MaterializeOptions["concurrency"]>> {
  if (typeof concurrency !== "number") return concurrency;
  let limit: Promise<import("./materialize.ts").Limit> | undefined;
  return async (work) => {
    limit ??= import("p-limit").then(({ default: pLimit }) => pLimit(concurrency));
    return (await limit)(work);
  };
}
