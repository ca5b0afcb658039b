import { posix } from "node:path";
import type { Call, Code, FunctionCode, Scope } from "./code.ts";

/** The files that are looked at together, so that names can be followed from one to another. */
export interface Project {
  readonly codes: readonly Code[];
  /** The file that an import means, if it is one of these. */
  fileOf(module: string, importer: Code): Code | undefined;
  /** The calls whose callee ends in this name, under whatever name it was imported. */
  callsOf(name: string): readonly { readonly call: Call; readonly scope: Scope }[];
  /** True if no other function of these files has the name. */
  isOnly(code: FunctionCode): boolean;
}

export function createProject(codes: readonly Code[]): Project {
  const byName = new Map<string, Code[]>();
  for (const code of codes) {
    const name = stemOf(code.path);
    byName.set(name, [...(byName.get(name) ?? []), code]);
  }
  const calls = new Map<string, { call: Call; scope: Scope }[]>();
  const functions = new Map<string, number>();
  const aliases = new Map<string, Set<string>>();
  for (const code of codes) {
    for (const made of code.calls) {
      const name = lastName(made.call);
      if (name === undefined) continue;
      const known = calls.get(name);
      if (known) known.push(made);
      else calls.set(name, [made]);
    }
    for (const scope of scopesOf(code)) {
      for (const [local, bindings] of scope.names) {
        for (const binding of bindings) {
          if (binding.type === "function") functions.set(local, (functions.get(local) ?? 0) + 1);
          if (binding.type !== "import" || binding.name === undefined || binding.name === local) continue;
          aliases.set(binding.name, (aliases.get(binding.name) ?? new Set()).add(local));
        }
      }
    }
  }
  const files = new Map<string, Code | undefined>();
  return {
    codes,
    fileOf(module, importer) {
      const key = `${posix.dirname(importer.path)} ${module}`;
      if (!files.has(key)) {
        const find = importer.language === "python" ? pythonFile : scriptFile;
        files.set(key, find(module, importer, byName));
      }
      return files.get(key);
    },
    callsOf: (name) => [name, ...(aliases.get(name) ?? [])].flatMap((one) => calls.get(one) ?? []),
    isOnly: ({ name }) => functions.get(name) === 1,
  };
}

/** `config` for `app/config.py`, `app` for `app/__init__.py`. */
function stemOf(path: string): string {
  const name = posix.basename(path).replace(/\.\w+$/, "");
  return name === "__init__" ? posix.basename(posix.dirname(path)) : name;
}

function pythonFile(module: string, importer: Code, byName: ReadonlyMap<string, Code[]>): Code | undefined {
  const [, dots = "", rest = ""] = /^(\.*)(.*)$/.exec(module) ?? [];
  const parts = rest === "" ? [] : rest.split(".");
  const isFor = (code: Code, wanted: string) =>
    [`${wanted}.py`, `${wanted}/__init__.py`].some(
      (path) => code.path === path || (dots === "" && code.path.endsWith(`/${path}`)),
    );
  if (dots !== "") {
    let dir = posix.dirname(importer.path);
    for (let up = 1; up < dots.length; up += 1) dir = posix.dirname(dir);
    const wanted = posix.join(dir, ...parts);
    const name = posix.basename(wanted);
    return byName.get(name)?.find((code) => code.path.endsWith(".py") && isFor(code, wanted));
  }
  const candidates = (byName.get(parts.at(-1) ?? "") ?? []).filter(
    (code) => code.path.endsWith(".py") && isFor(code, parts.join("/")),
  );
  return nearest(candidates, importer);
}

function scriptFile(module: string, importer: Code, byName: ReadonlyMap<string, Code[]>): Code | undefined {
  if (!module.startsWith(".")) return undefined;
  const wanted = posix.join(posix.dirname(importer.path), module);
  const bare = wanted.replace(/\.[cm]?[jt]sx?$/, "");
  const candidates = [...(byName.get(posix.basename(bare)) ?? []), ...(byName.get("index") ?? [])];
  return candidates.find(({ path, language }) => {
    if (language !== "javascript") return false;
    const stem = path.replace(/\.[cm]?[jt]sx?$/, "");
    return path === wanted || stem === bare || stem === `${wanted}/index`;
  });
}

/** The one that shares most of its path with the importer. */
function nearest(candidates: readonly Code[], importer: Code): Code | undefined {
  const shared = ({ path }: Code) => {
    const parts = posix.dirname(path).split("/");
    const others = posix.dirname(importer.path).split("/");
    const at = parts.findIndex((part, index) => part !== others[index]);
    return at < 0 ? parts.length : at;
  };
  return [...candidates].sort((one, other) => shared(other) - shared(one) || one.path.length - other.path.length)[0];
}

export function lastName({ callee }: Call): string | undefined {
  return callee.type === "name" || callee.type === "member" ? callee.name : undefined;
}

/** The module, and every function and class in it. */
function* scopesOf(code: Code): Generator<Scope> {
  const queue: Scope[] = [code.scope];
  for (let scope = queue.pop(); scope; scope = queue.pop()) {
    yield scope;
    for (const bindings of scope.names.values()) {
      for (const binding of bindings) {
        if (binding.type === "function" || binding.type === "class") queue.push(binding.code.scope);
      }
    }
  }
}
