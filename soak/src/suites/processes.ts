import { createVerdict, type Effort, type Findings, type Suite } from "../suite.ts";
import { crowds } from "./crowds.ts";
import { hosts } from "./hosts.ts";
import { takeOver } from "./take-over.ts";

const parts: readonly ((effort: Effort) => Promise<Findings>)[] = [crowds, takeOver, hosts];

/** Several processes that want the same files in the same directory at the same time. */
export const processes: Suite = {
  name: "processes",
  title: "Processes",
  async run(effort) {
    const { violations } = createVerdict();
    const measured: string[] = [];
    const texts: string[] = [];
    for (const part of parts) {
      const found = await part(effort);
      violations.push(...found.violations);
      measured.push(found.measured ?? "");
      texts.push(found.text);
    }
    return { violations, measured: measured.join("\n"), text: texts.join("\n\n") };
  },
};
