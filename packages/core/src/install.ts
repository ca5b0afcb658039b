import { type InstallAllOptions, installAll } from "./install-all.ts";
import type { Outcome } from "./materialize.ts";
import { type ResolveAllOptions, resolveAll } from "./resolve-all.ts";
import type { Fetcher, Manifest, RefOptions } from "./types.ts";

export interface InstallOptions extends Omit<InstallAllOptions, "onResult"> {
  /** What the config would say beside the ref, for example `{ weights: "bin" }`. */
  readonly options?: RefOptions;
  /** Asks the network only for what is not known; `remembered` never resolves anew. @default "missing" */
  readonly ask?: ResolveAllOptions["ask"];
}

export interface Installed {
  readonly ref: string;
  /** Absolute: the snapshot folder, the checkpoint, the pipeline's data folder. */
  readonly path: string;
  /** Absolute: the cache, or the import root. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly outcome: Outcome;
}

/**
 * Puts one model where its client looks, and gives its path back. The name may leave out the scheme.
 *
 * ```ts
 * const { path } = await install(hf(), "facebook/bart-base");
 * ```
 * @throws PreloadError whatever `resolve` and `materialize` throw
 */
export async function install(fetcher: Fetcher, name: string, options: InstallOptions = {}): Promise<Installed> {
  const ref = name.startsWith(`${fetcher.name}:`) ? name : `${fetcher.name}:${name}`;
  const fetchers = { [fetcher.name]: fetcher };
  const [resolution] = await resolveAll([{ ref, options: options.options ?? {}, optional: false }], {
    fetchers,
    ask: options.ask ?? "missing",
    stateDir: options.stateDir,
    signal: options.signal,
  });
  const [result] = await installAll(resolution ? [resolution] : [], options);
  if (result?.status !== "resolved") throw result?.error;
  const { manifest, outcome, path } = result as typeof result & { outcome: Outcome; path: string };
  return { ref: result.ref, path, dir: fetcher.dir, manifest, outcome };
}
