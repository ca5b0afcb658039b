import type { Invocation } from "../command-spec.ts";
import type { RunFlags } from "../runs/recorded.ts";
import { installAs } from "./install.ts";

export function run(invocation: Invocation<RunFlags>): Promise<number> {
  return installAs("ci", { ...invocation, flags: { ...invocation.flags, frozen: true } });
}
