import { bind } from "../scopes.ts";
import { children, type Node } from "../tree.ts";
import type { Around } from "./lower.ts";
import { moduleName } from "./modules.ts";
import { unquoted } from "./strings.ts";

/** Binds the names of `import a, { b as c } from "d"` and `import * as e from "f"`. */
export function bindImports(node: Node, text: string, { scope, block }: Around): void {
  const source = (one: Node) => text.slice(one.from, one.to);
  const from = children(node).find(({ name }) => name === "String");
  if (!from) return;
  const module = moduleName(unquoted(source(from)));
  const at = node.from;
  const found = children(node);
  found.forEach((one, index) => {
    if (one.name === "VariableDefinition") {
      const isAll = found[index - 1]?.name === "as";
      bind(scope, source(one), { type: "import", module, ...(isAll ? {} : { name: "default" }), at, block });
    }
    if (one.name === "ImportGroup")
      for (const [name, local] of pairsIn(one, text)) bind(scope, local, { type: "import", module, name, at, block });
  });
}

/** `a`, `a as b` of an import or export, as pairs of the outer and the local name. */
export function pairsIn(group: Node, text: string): [string, string][] {
  const found: [string, string][] = [];
  let names: string[] = [];
  for (const one of children(group)) {
    if (["VariableName", "VariableDefinition", "String"].includes(one.name)) names.push(text.slice(one.from, one.to));
    if (one.name !== "," && one.name !== "}") continue;
    const [first, last = first] = names;
    if (first !== undefined && last !== undefined) found.push([first, last]);
    names = [];
  }
  return found;
}
