import { chmod } from "node:fs/promises";
import { type DemoOrigin, startDemoOrigin } from "@preload/demo-origin";
import { createVerdict, type Effort, type Findings, type Suite } from "../suite.ts";
import { inspect } from "../world/inspect.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { soakCatalog } from "../world/models.ts";
import { whyNoMount } from "../world/mount.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
import { type Ended, fixtures, type User, userIn } from "../world/user.ts";
import { within } from "../world/within.ts";
import { rows } from "./disk-rows.ts";

/** Where something is the matter with the disk. */
export interface Site {
  /** A scratch folder; the home is below it. */
  readonly root: string;
  readonly user: User;
  readonly demo: DemoOrigin;
  /** How many bytes of models the origin has sent. */
  sent(): number;
}

interface Twist {
  readonly env?: Readonly<Record<string, string>>;
  /** What happens once half of the bytes are sent. */
  during?(): void | Promise<void>;
  /** Takes the fault away, so that the next run completes. */
  heal?(): Promise<void>;
  /** After everything. */
  end?(): Promise<void>;
}

export interface Row {
  readonly fault: string;
  /** Only root can arrange it. */
  readonly mounts?: boolean;
  arrange(site: Site): Promise<Twist>;
  readonly exit: 0 | 4 | 7;
  /** What a person is told. */
  readonly says?: RegExp;
  /** In `docs/faults.md`. */
  readonly told: string;
}

/** Somebody whom permissions bind, also when root runs the suite. */
const nobody = process.getuid?.() === 0 ? 65534 : undefined;

/** What a disk can refuse, against the real command line. */
export const disk: Suite = {
  name: "disk",
  title: "Disk",
  async run(effort) {
    const { violations, expect } = createVerdict();
    const whyNot = whyNoMount();
    const measured: string[] = [];
    const wanted = rows.filter(({ fault }) => effort.only === undefined || fault.includes(effort.only));
    const todo = wanted.values();
    const workOff = async () => {
      for (const row of todo) {
        if (row.mounts && whyNot !== undefined) {
          measured.push(`${row.fault}: left out, ${whyNot}`);
          continue;
        }
        const start = performance.now();
        const problems = await inScratch((root) => strike(row, root, effort)).catch((error: Error) => [
          String(error.stack),
        ]);
        for (const what of problems) expect(false, row.fault, what);
        measured.push(`${row.fault}: ${Math.round(performance.now() - start)} ms`);
        effort.say(measured.at(-1) ?? "");
      }
    };
    // Most of the time is spent in starting the command line.
    await Promise.all([workOff(), workOff()]);
    const table = wanted.map(
      ({ fault, exit, told }) => `| ${fault} | ${exit === 0 ? "succeeds" : `exit ${exit}`} | ${told} |`,
    );
    return { violations, measured: measured.join("\n"), text: textOf(table) } satisfies Findings;
  },
};

async function strike(row: Row, root: string, { say }: Effort): Promise<string[]> {
  const problems: string[] = [];
  await chmod(root, 0o755);
  const demo = await startDemoOrigin({ catalog: await soakCatalog(fixtures) });
  const isBytes = ({ path }: { path: string }) => path.startsWith("/cdn/") || path.endsWith(".pt");
  const sent = () => demo.origin.requests.filter(isBytes).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  const user = await userIn(root, demo, nobody);
  const twist = await row.arrange({ root, user, demo, sent });
  // Held back, so that it can be struck in its middle.
  if (twist.during) demo.origin.fault(isBytes, { type: "slow", bytesPerSecond: 10_000_000 });
  const start = (env: Readonly<Record<string, string>> = {}) =>
    user.start(["install", "--no-progress"], { uid: nobody, env });
  try {
    const running = start(twist.env);
    if (twist.during) {
      // All the while nothing else can happen, since the origin is in this process.
      await until("half of it is sent", () => sent() > total / 2 || running.child.exitCode !== null);
      await twist.during();
    }
    const ended = await within(60_000, () => running.ended);
    say(`${row.fault}: ${lastOf(ended)}`);
    if (ended.code !== row.exit) problems.push(`exit ${ended.code}, not ${row.exit}: ${lastOf(ended)}`);
    if (row.says && !row.says.test(ended.stderr)) problems.push(`it does not say so: ${lastOf(ended)}`);
    problems.push(...(await stateOf(user, demo, row.exit === 0, twist.env)));
    await twist.heal?.();
    demo.origin.clear();
    const healed = await within(60_000, () => start().ended);
    if (healed.code !== 0) problems.push(`the next run ends with ${healed.code}: ${lastOf(healed)}`);
    if (!(twist.env && row.exit === 0)) problems.push(...(await stateOf(user, demo, true)));
    const left = await leftoversIn(user.home);
    if (left.length > 0) problems.push(`left over: ${left.join(", ")}`);
  } finally {
    await twist.end?.();
    await demo.close();
  }
  return problems;
}

const total = 62_000_000;

/** Nothing poisoned, and `verify` says what is so. */
async function stateOf(
  user: User,
  demo: DemoOrigin,
  isWhole: boolean,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { wrong, isComplete } = await inspect(user, demo);
  const found = [...wrong];
  const { code } = await user.start(["verify", "--json"], { uid: nobody, env }).ended;
  const isElsewhere = Object.keys(env).some((name) => name.startsWith("HF_HUB_CACHE"));
  if (isWhole && !isComplete && !isElsewhere) found.push("not every model is complete");
  if (isWhole !== (code === 0)) found.push(`verify ends with ${code}`);
  return found;
}

function lastOf({ stderr }: Ended): string {
  return stderr.trim().split("\n").slice(-6).join(" / ");
}

function textOf(table: readonly string[]): string {
  return `\`preload install\` of a whisper checkpoint, a spaCy wheel and a sharded Hub repository (62 MB). In every row: nothing but
the right bytes has a final name, \`preload verify\` says what is so, and a run after the fault has gone completes and
leaves nothing beside the models. A quota (EDQUOT) is worded like a full disk; a file system without symbolic links and
one that folds case cannot be made everywhere and are tested by \`packages/core/test/without-links.test.ts\` and
\`materialize.test.ts\`.

| fault | ends | what is said, or what comes of it |
|---|---|---|
${table.join("\n")}`;
}
