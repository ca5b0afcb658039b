import type { Block, Scope } from "../code.ts";
import { bind } from "../scopes.ts";
import { children, type Node } from "../tree.ts";

/** Binds the names of `import a.b`, `import a as b`, `from .a import (b as c, d)` and `from a import *`. */
export function bindImports(node: Node, text: string, scope: Scope, block: Block): void {
  const words = children(node).map((one) => ({ name: one.name, text: text.slice(one.from, one.to) }));
  const at = node.to;
  const importAt = words.findIndex(({ name }) => name === "import");
  const isFrom = words[0]?.name === "from";
  const module = isFrom
    ? words
        .slice(1, importAt)
        .map(({ text }) => text)
        .join("")
    : "";
  let parts: string[] = [];
  let local: string | undefined;
  const done = () => {
    const name = parts.join("");
    if (name === "" || name === "*") {
      if (name === "*") scope.stars.push(module);
    } else if (isFrom) bind(scope, local ?? name, { type: "import", module, name, at, block });
    // `import a.b` binds `a`.
    else if (local === undefined)
      bind(scope, name.split(".", 1)[0] ?? name, {
        type: "import",
        module: name.split(".", 1)[0] ?? name,
        at,
        block,
      });
    else bind(scope, local, { type: "import", module: name, at, block });
    parts = [];
    local = undefined;
  };
  let isLocal = false;
  for (const { name, text } of words.slice(importAt + 1)) {
    if (name === ",") {
      done();
      isLocal = false;
    } else if (name === "as") isLocal = true;
    else if (["(", ")", "⚠", "Comment"].includes(name)) continue;
    else if (isLocal) local = text;
    else parts.push(text);
  }
  done();
}
