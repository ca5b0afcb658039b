import { runInThisContext } from "node:vm";

/**
 * Says which test is running, to whoever notes what is asked of the network.
 *
 * Jest gives tests a copy of the process: the guards, and processes that a test starts, see the true one.
 */
export function nameTest(name: string | undefined): void {
  const own: NodeJS.Process = runInThisContext("process");
  for (const { env } of new Set([process, own])) {
    if (name === undefined) delete env.PRELOAD_TEST;
    else env.PRELOAD_TEST = name;
  }
}
