import type { Json, RefOptions } from "@preload/core";
import type { Call, Scope } from "./code.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Loader } from "./loaders.ts";
import { elements, memberValues } from "./members.ts";
import { positional } from "./parameters.ts";
import type { Context, Value } from "./value.ts";

/** What a call says beside the name of the model. */
export interface Beside {
  readonly revision?: string;
  readonly revisionUnclear?: string;
  readonly options: RefOptions;
  /** Arguments that change what the name means. */
  readonly facts: RefOptions;
}

/** Who answers, and for which caller. */
export interface Asked {
  readonly evaluator: Evaluator;
  readonly context: Context;
}

/** Reads what decides which files of the model are opened. */
export function optionsOf(call: Call, scope: Scope, loader: Loader, { evaluator, context }: Asked): Beside {
  const values = (name: string): Value[] => {
    const given = call.args.find((one) => one.name === name && !one.spread);
    return given
      ? evaluator.values(given.value, scope, context)
      : fromObject(call, scope, name, { evaluator, context });
  };
  const texts = (name: string) => values(name).flatMap((value) => (value.type === "text" ? [value.text] : []));
  const isSaid = (name: string, said: boolean) => {
    const [value] = values(name);
    return value?.type === "constant" && value.value === said;
  };
  const options: Record<string, Json> = { ...(loader.options as Record<string, Json>) };
  if (isSaid("use_safetensors", false)) options["weights"] = "bin";
  if (isSaid("use_safetensors", true)) options["weights"] = "safetensors";
  if (isSaid("from_tf", true) || isSaid("from_flax", true))
    options["framework"] = isSaid("from_tf", true) ? "tf" : "flax";
  if (isSaid("trust_remote_code", true)) options["code"] = true;
  const [variant] = texts("variant");
  if (variant !== undefined) options["variant"] = variant;
  const [dtype] = options["for"] === "transformers.js" ? texts("dtype") : [];
  if (dtype !== undefined) options["dtype"] = dtype;
  const include = [...filesNamed(call, scope, loader, { evaluator, context }), ...patterns("allow_patterns")];
  if (include.length > 0) options[loader.options?.["for"] === "gguf" ? "file" : "include"] = include;
  if (include.length > 0 && options["for"] === "all") delete options["for"];
  const exclude = patterns("ignore_patterns");
  if (exclude.length > 0) options["exclude"] = exclude;
  const [type] = texts("repo_type");
  return { options, facts: type === undefined ? {} : { repo_type: type }, ...revisionOf(values("revision")) };

  function patterns(name: string): string[] {
    const given = values(name);
    const lists = elements(
      evaluator,
      given.filter(({ type }) => type === "list"),
    );
    return [...given, ...lists].flatMap((value) => (value.type === "text" ? [value.text] : []));
  }
}

/** JavaScript has an object in place of keyword arguments. */
function fromObject(call: Call, scope: Scope, name: string, { evaluator, context }: Asked): Value[] {
  if (scope.code.language !== "javascript") return [];
  return call.args.flatMap(({ value }) =>
    evaluator
      .values(value, scope)
      .flatMap((one) => (one.type === "map" ? memberValues(evaluator, one, name, context) : [])),
  );
}

function filesNamed(call: Call, scope: Scope, loader: Loader, { evaluator, context }: Asked): string[] {
  const folder = call.args.find(({ name }) => name === "subfolder");
  const [inside] = folder ? evaluator.values(folder.value, scope, context) : [];
  const prefix = inside?.type === "text" ? `${inside.text}/` : "";
  return (loader.files ?? []).flatMap(({ at, name }) => {
    const named = call.args.find((one) => one.name === name && !one.spread);
    const given = named?.value ?? (at === undefined ? undefined : positional(call.args)[at]?.value);
    return given
      ? evaluator
          .values(given, scope, context)
          .flatMap((value) => (value.type === "text" ? [`${prefix}${value.text}`] : []))
      : [];
  });
}

function revisionOf(values: readonly Value[]): Pick<Beside, "revision" | "revisionUnclear"> {
  const said = values.flatMap((value) => (value.type === "text" ? [value.text] : []));
  const [revision] = said;
  if (revision !== undefined && said.length === 1) return { revision };
  if (said.length > 1) return { revisionUnclear: `it is one of ${said.join(", ")}` };
  // A default of none is what most callers leave it at.
  if (values.some((value) => value.type === "constant" && value.value === null)) return {};
  const why = values.find((value) => value.type === "unclear" || value.type === "outside");
  if (!why) return {};
  return { revisionUnclear: why.type === "unclear" ? why.why : "it is computed" };
}
