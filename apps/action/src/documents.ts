import type { CacheEntry } from "../../cli/src/ci/entries.ts";

/** What is read of the documents of the commands; there is more in them. */
export interface PlanDocument {
  readonly models: readonly ModelDocument[];
  readonly toFetch: { readonly files: number; readonly bytes: number };
  /** For each directory that something is to be written into; null where the system does not tell. */
  readonly disks: readonly { readonly dir: string; readonly needed: number; readonly free: number | null }[];
}

export interface ModelDocument {
  readonly ref: string;
  /** `resolved`, `ready`, `skipped`, `failed`; of `verify` also `ok` and `broken`. */
  readonly status: string;
  readonly revision: string | null;
  /** The client's directory. */
  readonly dir: string | null;
  readonly bytes: number | null;
  readonly optional: boolean;
  readonly fetchedBytes?: number;
  readonly problems?: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

export interface KeyDocument {
  readonly lock: string;
  readonly granularity: "model" | "set";
  readonly entries: readonly CacheEntry[];
  readonly budget: {
    readonly limit: number;
    readonly bytes: number;
    readonly share: number;
    readonly verdict: "fits" | "near" | "over";
  };
}

export interface CiDocument extends ModelsDocument {
  /** Over the network. */
  readonly fetchedBytes: number;
  readonly requests: number;
  readonly milliseconds: number;
}

export interface ModelsDocument {
  readonly models: readonly ModelDocument[];
}

export interface EnvDocument {
  readonly environment: Readonly<Record<string, string>>;
}
