import { readdir } from "node:fs/promises";
import { startDemoOrigin } from "@preload/demo-origin";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { soakCatalog } from "../world/models.ts";
import { until } from "../world/until.ts";
import { fixtures, userIn } from "../world/user.ts";
import { within } from "../world/within.ts";
import { exits, signals } from "./signals.ts";

/** What is asked before a byte is fetched: the Hub's listing, a checkpoint's size, the list within a wheel. */
const questions = ["/api/models/", "/whisper/", ".whl"];

/** `preload lock`, ended while it waits for an answer. */
export async function killAsking(root: string, { say }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const demo = await startDemoOrigin({ catalog: await soakCatalog(fixtures) });
  const user = await userIn(root, demo);
  const lock = async () => (await readdir(user.project)).filter((name) => name.startsWith("preload.lock"));
  for (const question of questions) {
    for (const signal of signals) {
      const where = `${signal} while ${question} is not answered`;
      demo.origin.clear();
      demo.origin.fault(question, { type: "stall" });
      const running = user.start(["lock"]);
      await until("it has asked", () => demo.origin.count(question) > 0 || running.child.exitCode !== null);
      running.child.kill(signal);
      const { code, stderr } = await within(20_000, () => running.ended);
      expect(code === exits[signal], where, `exit ${code}: ${stderr.trim()}`);
      const found = await lock();
      expect(found.length === 0, where, `there is ${found.join(", ")}`);
      say(where);
    }
  }
  demo.origin.clear();
  const { code, stderr } = await user.start(["lock"]).ended;
  expect(code === 0, "the run after all signals while it asks", `exit ${code}: ${stderr.trim()}`);
  expect((await lock()).join() === "preload.lock", "the run after all signals while it asks", "there is no lock");
  await demo.close();
  return {
    violations,
    text: `\`preload lock\`, ended by each of the signals while the Hub's listing, a checkpoint's size or the list of a wheel is not
answered, exits at once as above and leaves no lock; the next run writes it.`,
  };
}
