import type { Binding, Block, Code, Scope } from "./code.ts";

/** A file with nothing in it yet. */
export function newCode(about: Pick<Code, "path" | "language" | "lineAt">): Code {
  const code: Omit<Code, "scope"> = { ...about, calls: [] };
  // Each knows the other.
  return Object.assign(code, { scope: newScope("module", code as Code) });
}

export function newScope(kind: Scope["kind"], code: Code, parent?: Scope): Scope {
  return { kind, code, block: {}, names: new Map(), stars: [], ...(parent ? { parent } : {}) };
}

export function bind(scope: Scope, name: string, binding: Binding): void {
  const known = scope.names.get(name);
  if (known) known.push(binding);
  else scope.names.set(name, [binding]);
}

/** Which bindings of a name may hold where it is used: not those that a later one replaces, nor those of another branch. */
export function reaching(bindings: readonly Binding[], use: { readonly at: number; readonly block: Block }): Binding[] {
  const before = bindings.filter(({ at }) => at <= use.at);
  const found: Binding[] = [];
  // In a loop, or in a function that is called later, what comes after may hold as well.
  for (const binding of [...(before.length > 0 ? before : bindings)].sort((one, other) => other.at - one.at)) {
    if (areExclusive(binding.block, use.block)) continue;
    found.push(binding);
    if (isWithin(use.block, binding.block)) break;
  }
  return found.reverse();
}

function isWithin(block: Block, outer: Block): boolean {
  return chain(block).includes(outer);
}

function areExclusive(one: Block, other: Block): boolean {
  const others = chain(other);
  return chain(one).some(
    (block) =>
      block.choice !== undefined &&
      !others.includes(block) &&
      others.some(({ choice }) => choice !== undefined && choice === block.choice),
  );
}

function chain(block: Block | undefined): Block[] {
  const found: Block[] = [];
  for (let outer = block; outer; outer = outer.parent) found.push(outer);
  return found;
}
