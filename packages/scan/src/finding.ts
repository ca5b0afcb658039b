import type { RefOptions } from "@preload/core";

/** One place of a code base that loads a model, or names one. */
export type Finding = ModelFinding | UnclearFinding;

interface Place {
  /** Relative to the folder that was given, with `/` on every platform. */
  readonly file: string;
  /** From 1; in a notebook, within its cell. */
  readonly line: number;
  /** The cell of a notebook, from 1. */
  readonly cell?: number;
  /** What loads it: `AutoModel.from_pretrained`; of a value in a config file its key. */
  readonly by: string;
  /** `value`: a config file or an `.env` names something that looks like a model. */
  readonly from: "code" | "value";
}

export interface ModelFinding extends Place {
  readonly type: "model";
  /** In canonical form, without a revision: `hf:facebook/bart-base`. */
  readonly ref: string;
  /** What the code asks for beside the name. */
  readonly revision?: string;
  /** What a config has to say beside the ref so that the right files are fetched: `for`, `weights`, `include`, … */
  readonly options: RefOptions;
  /** Where the name is written, if not there. */
  readonly named?: { readonly file: string; readonly line: number; readonly cell?: number };
  /** Nothing is loaded here: a test says that it needs the model, as the config has it. */
  readonly marks?: true;
  /** Why it may be another model: an environment variable goes before this default, say. */
  readonly unless?: string;
  /** Why the revision is not known, where the code gives one. */
  readonly revisionUnclear?: string;
}

/** Something is loaded here, and it cannot be told from the code what. */
export interface UnclearFinding extends Place {
  readonly type: "unclear";
  readonly why: string;
}
