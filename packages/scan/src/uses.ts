import type { Binding, Call, ClassCode, Code, Expression, FunctionCode, Scope } from "./code.ts";
import { dotted, type Evaluator } from "./evaluate.ts";
import type { Finding, ModelFinding } from "./finding.ts";
import { importedPipeline, type Loader, lastNames, loaders } from "./loaders.ts";
import { meaningOf } from "./names.ts";
import { type Asked, type Beside, optionsOf } from "./options.ts";
import { callersOf, positional } from "./parameters.ts";
import { lastName } from "./project.ts";
import { type Context, type Made, type Text, top, type Value } from "./value.ts";

export interface UsesOptions {
  /** True if a name that could be a repository is a folder beside the code. */
  readonly isFolder?: (path: string, code: Code) => boolean;
}

/** Every place of a file that loads a model. */
export function usesIn(code: Code, evaluator: Evaluator, options: UsesOptions = {}): Finding[] {
  return code.calls.flatMap(({ call, scope }) => {
    evaluator.begin();
    const last = lastName(call);
    if (last === undefined) return [];
    if (!lastNames.test(last) && !mayBeAlias(call.callee, scope)) return [];
    const found = calleeNames(evaluator, call.callee, scope);
    const pipeline = found.map((name) => importedPipeline.exec(name)?.[1]).find((name) => name !== undefined);
    if (pipeline !== undefined)
      return [{ ...placeOf(code, call), by: found[0] ?? last, type: "model", ref: `spacy:${pipeline}`, options: {} }];
    const name = found.find((one) => loaders.some(({ is }) => is.test(one)));
    const loader = name === undefined ? undefined : loaders.find(({ is }) => is.test(name));
    if (!loader || name === undefined) return [];
    return usesOf({ call, scope, loader, by: shown(name), code }, evaluator, options);
  });
}

interface Use {
  readonly call: Call;
  readonly scope: Scope;
  readonly loader: Loader;
  readonly by: string;
  readonly code: Code;
}

/** What each caller makes it load: a name and the revision beside it belong together. */
function usesOf(use: Use, evaluator: Evaluator, options: UsesOptions): Finding[] {
  const { call, scope } = use;
  const hasRevision = call.args.some(({ name, value }) => name === "revision" && value.type !== "text");
  const contexts = hasRevision ? contextsOf(scope, evaluator) : [];
  if (contexts.length === 0) return usesWith(use, { evaluator, context: top }, options);
  const found = contexts.flatMap((context) => usesWith(use, { evaluator, context }, options));
  const once = new Map(found.map((one) => [one.type === "model" ? `${one.ref}@${one.revision}` : one.why, one]));
  const models = [...once.values()].filter(({ type }) => type === "model");
  return models.length > 0 ? models : [...once.values()].slice(0, 1);
}

/** One for each call of the function around it, and one for its defaults. */
function contextsOf(scope: Scope, evaluator: Evaluator): Context[] {
  const code = scope.function;
  if (!code) return [];
  const callers = callersOf(evaluator, code);
  if (callers.length === 0) return [];
  const byDefault = { call: { ...callers[0]?.call, args: [] }, scope, context: top } as Made;
  return [...callers, byDefault].map((made) => ({ frames: new Map([[code, made]]) }));
}

function usesWith(use: Use, asked: Asked, { isFolder = () => false }: UsesOptions): Finding[] {
  const { call, scope, loader, by, code } = use;
  const beside = optionsOf(call, scope, loader, asked);
  const place = { ...placeOf(code, call), by };
  const named = loader.marks && loader.model.at === undefined ? positional(call.args).map(({ value }) => value) : [];
  const given = [
    ...named,
    argument(call, loader.model.at, loader.model.names),
    ...(loader.also ?? []).map((name) => argument(call, undefined, [name])),
  ];
  const [main, ...others] = given.map((one) => (one ? asked.evaluator.values(one, scope, asked.context) : undefined));
  const found = findings(main ?? otherwise(use), { place, loader, beside, code, isFolder });
  const known = new Set(found.map((one) => (one.type === "model" ? one.ref : "")));
  const further = others.flatMap((values = []) => findings(values, { place, loader, beside, code, isFolder }));
  return [...found, ...further.filter((one): one is ModelFinding => one.type === "model" && !known.has(one.ref))];
}

interface Around {
  readonly place: ReturnType<typeof placeOf> & { by: string };
  readonly loader: Loader;
  readonly beside: Beside;
  readonly code: Code;
  readonly isFolder: (path: string, code: Code) => boolean;
}

function findings(values: readonly Value[], { place, loader, beside, code, isFolder }: Around): Finding[] {
  const whys = values.flatMap(whyUnclear);
  const models = new Map<string, ModelFinding>();
  for (const value of values) {
    if (value.type !== "text") continue;
    const meaning = meaningOf(value.text, loader.naming, beside.facts);
    if (meaning.type === "unclear") whys.push(meaning.why);
    if (meaning.type !== "model" || isFolder(value.text, code)) continue;
    const revision = beside.revision ?? meaning.revision;
    const found: ModelFinding = {
      ...place,
      type: "model",
      ref: meaning.ref,
      ...(revision === undefined ? {} : { revision }),
      options: beside.options,
      ...(loader.marks ? { marks: true } : {}),
      ...namedAt(value, place, code),
      ...(beside.revisionUnclear === undefined ? {} : { revisionUnclear: beside.revisionUnclear }),
    };
    if (!models.has(meaning.ref)) models.set(meaning.ref, found);
  }
  const [why] = whys;
  if (models.size > 0) return [...models.values()].map((one) => (why === undefined ? one : { ...one, unless: why }));
  return why === undefined ? [] : [{ ...place, type: "unclear", why }];
}

function whyUnclear(value: Value): string[] {
  if (value.type === "unclear") return [value.why];
  // Objects that were loaded elsewhere, and folders that a library gave back, name no model of their own.
  if (value.type !== "outside" || isObject(value.name)) return [];
  return [`${shown(value.name)} is not known`];
}

function isObject(name: string): boolean {
  return /(from_pretrained|from_config|pipeline|snapshot_download|hf_hub_download|SentenceTransformer|Transformer|CrossEncoder|cached_file|[A-Z]\w*)\(\)/.test(
    name,
  );
}

function otherwise({ call, loader, code }: Use): Value[] {
  if (call.args.some(({ spread }) => spread))
    return [{ type: "unclear", why: "its arguments are passed on as they come" }];
  if (!loader.otherwise) return [];
  if ("why" in loader.otherwise) return [{ type: "unclear", why: loader.otherwise.why }];
  return [{ type: "text", text: loader.otherwise.name, code, at: call.at }];
}

/** The argument at a place, or with one of these names. */
function argument(call: Call, at: number | undefined, names: readonly string[]): Expression | undefined {
  const named = call.args.find(({ name, spread }) => name !== undefined && !spread && names.includes(name));
  return named?.value ?? (at === undefined ? undefined : positional(call.args)[at]?.value);
}

/** The full names of what is called, of libraries and of the code itself. */
function calleeNames(evaluator: Evaluator, callee: Expression, scope: Scope): string[] {
  const last = callee.type === "member" ? callee.name : undefined;
  const values = evaluator.values(callee, scope, top);
  const names = values.flatMap((value): string[] => {
    if (value.type === "outside") return [value.name];
    // What a project defines itself is looked into, and no loader, unless the project is the library.
    if (value.type === "class" || value.type === "function") return [ownName(value.code)];
    // A method of something that is not known; only names that say enough by themselves count.
    return value.type === "unclear" && last !== undefined ? [`?.${last}`] : [];
  });
  return names.length === 0 && last !== undefined ? [`?.${last}`] : names;
}

function ownName({ name, scope }: FunctionCode | ClassCode): string {
  const full = dotted(moduleOf(scope.code), name);
  return libraries.test(full) ? full : "own";
}

const libraries =
  /(^|\.)(transformers|sentence_transformers|huggingface_hub|faster_whisper|pyannote|spacy|whisper|peft|diffusers)\./;

/** `app.models` for `app/models.py`. */
function moduleOf({ path }: Code): string {
  return path.replace(/(\/__init__)?\.\w+$/, "").replaceAll("/", ".");
}

function mayBeAlias(callee: Expression, scope: Scope): boolean {
  if (callee.type !== "name") return false;
  for (let around: Scope | undefined = scope; around; around = around.parent) {
    const found = around.names.get(callee.name);
    if (found) return found.some(isOfLoader);
  }
  return false;
}

/** `from whisper import load_model as open`, `open = whisper.load_model` */
function isOfLoader(binding: Binding): boolean {
  if (binding.type === "import") return binding.name !== undefined && lastNames.test(binding.name);
  return binding.type === "value" && binding.value.type === "member" && lastNames.test(binding.value.name);
}

function namedAt(value: Text, place: { line: number; cell?: number }, code: Code): Pick<ModelFinding, "named"> {
  const { line, cell } = value.code.lineAt(value.at);
  if (value.code === code && line === place.line && cell === place.cell) return {};
  return { named: { file: value.code.path, line, ...(cell === undefined ? {} : { cell }) } };
}

function placeOf(code: Code, call: Call) {
  const { line, cell } = code.lineAt(call.at);
  return { file: code.path, line, ...(cell === undefined ? {} : { cell }), from: "code" as const };
}

/** The last two words of a full name: `AutoModel.from_pretrained`. */
function shown(name: string): string {
  return name
    .replace(/^\?\.|^transformers\.js\./, "")
    .split(".")
    .slice(-2)
    .join(".");
}
