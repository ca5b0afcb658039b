import type { Io, Output } from "../io.ts";
import type { Printed } from "./receipt.ts";

/** What a run was asked, what it has asked of its surroundings, and what it has told them so far. */
export interface Trace {
  readonly argv: readonly string[];
  /** Every variable that was asked for. Undefined when somebody wanted to know all of them. */
  env(): Readonly<Record<string, string | null>> | undefined;
  /** Undefined when it is more than a warm run says. */
  printed(): readonly Printed[] | undefined;
}

const longest = 64 * 1024;

/** The same process, and a list of what passes. For outputs that are no terminals. */
export function traced(io: Io, argv: readonly string[]): Io & { readonly trace: Trace } {
  const asked = new Set<string | symbol>();
  let askedForAll = false;
  const printed: Printed[] = [];
  let length = 0;
  const env = new Proxy(io.env, {
    get(all, name) {
      asked.add(name);
      return Reflect.get(all, name);
    },
    has(all, name) {
      asked.add(name);
      return Reflect.has(all, name);
    },
    ownKeys(all) {
      askedForAll = true;
      return Reflect.ownKeys(all);
    },
  });
  const heard = (output: Output, number: 1 | 2): Output => ({
    write(text) {
      length += text.length;
      if (length <= longest) printed.push([number, text]);
      return output.write(text);
    },
  });
  const withValue = (name: string | symbol) => [name, Reflect.get(io.env, name) ?? null];
  const trace: Trace = {
    argv,
    env: () => (askedForAll ? undefined : Object.fromEntries([...asked].map(withValue))),
    printed: () => (length <= longest ? printed : undefined),
  };
  return { ...io, env, stdout: heard(io.stdout, 1), stderr: heard(io.stderr, 2), trace };
}
