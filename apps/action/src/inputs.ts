import { resolve } from "node:path";
import { parseRef } from "@preload/core";

/** What a workflow says under `with:`, read and checked. */
export interface Inputs {
  readonly config: string;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly profiles: readonly string[];
  readonly refs: readonly string[];
  /** Sources that are meant; all, if there are none. */
  readonly only: readonly string[];
  /** Empty without one. */
  readonly token: string;
  /** Empty for what the config says. */
  readonly budget: string;
  readonly save: "auto" | "true" | "false";
  readonly lookupOnly: boolean;
  readonly failOnMiss: boolean;
  readonly offlineAfter: boolean;
  /** Empty for what the config says. */
  readonly granularity: "" | "model" | "set";
  readonly summary: boolean;
}

/** An input that says what it cannot say. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** @throws InputError naming the input and what it may be */
export function readInputs(read: (name: string) => string, workspace: string): Inputs {
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T => {
    const text = read(name);
    const found = text === "" ? values[0] : values.find((value) => value === text);
    if (found !== undefined) return found;
    throw new InputError(`input ${name}: ${JSON.stringify(text)} is not one of ${values.join(", ")}`);
  };
  const claim = (name: string, otherwise: "true" | "false") =>
    oneOf(name, otherwise === "true" ? ["true", "false"] : ["false", "true"]) === "true";
  const inputs: Inputs = {
    config: read("config"),
    workingDirectory: resolve(workspace, read("working-directory")),
    profiles: listed(read("profiles")),
    refs: listed(read("refs")),
    only: listed(read("only")),
    token: read("token"),
    budget: read("budget"),
    save: oneOf("save", ["auto", "true", "false"]),
    lookupOnly: claim("lookup-only", "false"),
    failOnMiss: claim("fail-on-miss", "false"),
    offlineAfter: claim("offline-after", "false"),
    granularity: read("granularity") === "" ? "" : oneOf("granularity", ["model", "set"]),
    summary: claim("summary", "true"),
  };
  for (const ref of inputs.refs) refuseUnlessRef(ref);
  if (inputs.profiles.length > 0 && inputs.refs.length > 0) {
    throw new InputError("inputs profiles and refs: say one of them; refs are taken as they are, of whatever profile");
  }
  if (inputs.lookupOnly && inputs.offlineAfter) {
    throw new InputError("inputs lookup-only and offline-after: nothing is restored, so that nothing would be there");
  }
  return inputs;
}

/** One on a line, as items of a list or not, or several with spaces or commas between them. */
function listed(text: string): string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\s*-\s/, ""));
  return lines.flatMap((line) => line.split(/[\s,]+/)).filter((word) => word !== "");
}

/** @throws InputError */
function refuseUnlessRef(text: string): void {
  try {
    parseRef(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`input refs: ${why}; for example hf:facebook/bart-base`);
  }
}
