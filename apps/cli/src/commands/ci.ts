import type { Invocation } from "../command-spec.ts";
import { installAs } from "./install.ts";

export function run(invocation: Invocation): Promise<number> {
  return installAs("ci", { ...invocation, flags: { ...invocation.flags, frozen: true } });
}
