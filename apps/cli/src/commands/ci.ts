import type { Invocation } from "../command-spec.ts";
import { run as install } from "./install.ts";

export function run(invocation: Invocation): Promise<number> {
  return install({ ...invocation, flags: { ...invocation.flags, frozen: true } });
}
