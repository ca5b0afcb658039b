import { parseArgs } from "node:util";
import { record } from "./record.ts";
import type { Suite } from "./suite.ts";
import { disk } from "./suites/disk.ts";
import { events } from "./suites/events.ts";
import { kill } from "./suites/kill.ts";
import { memory } from "./suites/memory.ts";
import { network } from "./suites/network.ts";
import { processes } from "./suites/processes.ts";
import { prune } from "./suites/prune.ts";
import { rate } from "./suites/rate.ts";

const suites: readonly Suite[] = [network, disk, kill, memory, processes, prune, rate, events];

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    case: { type: "string" },
    write: { type: "boolean", default: false },
    verbose: { type: "boolean", short: "v", default: false },
  },
});
const print = (line: string) => void process.stderr.write(`${line}\n`);
const names = values.only?.split(",");
const unknown = names?.filter((name) => !suites.some((suite) => suite.name === name)) ?? [];
if (unknown.length > 0) {
  print(`there is no suite ${unknown.join(", ")}; there are ${suites.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const seed = Number(values.seed);
const scale = Number(values.minutes) / 5;
const sections = new Map<string, string>();
let failed = 0;
for (const suite of suites.filter(({ name }) => names?.includes(name) ?? true)) {
  const start = performance.now();
  const findings = await suite.run({
    seed,
    scale,
    only: values.case,
    say: (line) => values.verbose && print(`  ${line}`),
  });
  sections.set(suite.title, findings.text);
  for (const [title, text] of findings.curves ?? []) sections.set(title, text);
  failed += findings.violations.length;
  if (values.verbose && findings.measured) print(findings.measured);
  print(
    `${suite.name}: ${findings.violations.length} violations, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  for (const { where, what } of findings.violations) print(`  ${where}: ${what}`);
  if (findings.violations.length > 0) {
    print(`  again: npm run test:soak -- --only ${suite.name} --seed ${seed} --minutes ${values.minutes}`);
  }
}
if (values.write && failed === 0 && values.case === undefined) {
  await record(
    sections,
    suites.map(({ title }) => title),
  );
}
process.exitCode = failed === 0 ? 0 : 1;
