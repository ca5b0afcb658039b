import { runInJest } from "./jest-run.ts";
import { NotReady } from "./not-ready.ts";
import { say } from "./say.ts";

/** Jest's global tear-down: tells what was skipped, and puts the environment as it was. */
export default function teardown(): void {
  const run = runInJest.end();
  const failure = run?.failure();
  say(run?.end() ?? "");
  if (failure !== undefined) throw new NotReady(failure);
}
