// biome-ignore lint/suspicious/noExplicitAny: it stands for whatever function Node has there.
type Any = any;

/** Puts another function where one is, that looks the same to those who look. Returns what puts the first one back. */
export function replace(
  owner: Any,
  name: string,
  make: (original: Any) => (this: Any, ...args: Any[]) => unknown,
): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const original = owner[name];
  if (typeof original !== "function") return () => {};
  const made = make(original);
  // Its name, its length, and the symbols by which Node makes promises of callbacks.
  const { prototype: _, ...looks } = Object.getOwnPropertyDescriptors(original) as Record<string, PropertyDescriptor>;
  Object.defineProperties(made, looks);
  Object.defineProperty(owner, name, { configurable: true, enumerable: true, ...before, value: made, writable: true });
  return () => {
    // Who replaced ours meanwhile keeps what he put there.
    if (owner[name] === made) owner[name] = original;
  };
}
