import type { Json } from "@preload/core";
import type { Path } from "./layout.ts";

/** A model as a config may have it: its ref, or its ref with options. */
export type WrittenModel = string | { readonly ref: string; readonly [option: string]: Json };

/** As much of what a config says as tells where its models stand. It has been read before, and so has this form. */
export interface WrittenConfig {
  readonly models?: readonly WrittenModel[];
  readonly profiles?: Readonly<Record<string, readonly WrittenModel[] | { readonly models?: readonly WrittenModel[] }>>;
  readonly aliases?: Readonly<Record<string, WrittenModel>>;
}

/** Where a profile's models stand, or the table that lacks them and what it is to get. */
export type Place =
  | { readonly type: "list"; readonly path: Path }
  | {
      readonly type: "table";
      readonly path: Path;
      readonly name: string;
      value(model: WrittenModel): unknown;
    };

/** Where the models of a profile stand, by a path below the config's root. */
export function placeOf(written: WrittenConfig, profile: string): Place {
  const { profiles, models } = written;
  const found = profiles && Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (Array.isArray(found)) return { type: "list", path: ["profiles", profile] };
  const alone = (model: WrittenModel) => [model];
  if (found !== undefined) {
    const { models: own } = found as { models?: unknown };
    if (own !== undefined) return { type: "list", path: ["profiles", profile, "models"] };
    return { type: "table", path: ["profiles", profile], name: "models", value: alone };
  }
  if (profile === "default" && models !== undefined) return { type: "list", path: ["models"] };
  if (profiles !== undefined) return { type: "table", path: ["profiles"], name: profile, value: alone };
  if (profile === "default") return { type: "table", path: [], name: "models", value: alone };
  return { type: "table", path: [], name: "profiles", value: (model) => ({ [profile]: [model] }) };
}
