/** A model that is there, complete and verified. */
export interface PreloadedModel {
  readonly ref: string;
  /** The file or folder to load. */
  readonly path: string;
  /** The commit, version or digest that it is. */
  readonly revision: string;
  /** Bytes. */
  readonly bytes: number;
}

/** What the set-up found or fetched. Plain data, so that it can be given to another process. */
export interface Preloaded {
  /** By ref, as the config writes it: `preloaded().models["hf:facebook/bart-base"]`. */
  readonly models: Readonly<Record<string, PreloadedModel>>;
  /** The variables with which a process finds the models. The tests have them already. */
  readonly environment: Readonly<Record<string, string>>;
}
