import { type Budget, budgetFor, describeBudget, refuseOverBudget } from "../ci/budget.ts";
import { type Cached, cachedModels, type Granularity } from "../ci/cached-models.ts";
import { droppable, taken } from "../ci/droppable.ts";
import { explainKeys, notInKeys } from "../ci/explain-key.ts";
import { shellLines, type ValueShell } from "../ci/shell-lines.ts";
import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession, type Session } from "../session.ts";

interface KeyFlags extends Flags {
  readonly granularity?: Granularity;
  readonly workspace?: string;
  readonly present?: boolean;
  /** In bytes. */
  readonly budget?: number;
  readonly explain?: boolean;
  readonly shell?: ValueShell;
}

/** Prints what the entries of a CI's cache are called, and refuses what does not fit into it. Makes no request. */
export async function run({ io, flags, operands, signal }: Invocation<KeyFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const { granularity, workspace, present } = flags;
    const cached = await cachedModels(session, { refs: operands, granularity, workspace, present });
    const budget = budgetFor(taken(cached.models, cached), session, flags.budget);
    const largest = droppable(cached, session);
    session.display.end();
    refuseOverBudget(budget, largest);
    const explanations = flags.explain ? { explanations: explainKeys(cached) } : {};
    const document = { ...documentOf(cached), lock: session.lockPath, budget: { ...budget, largest }, ...explanations };
    // The keys are all there is: without them there is nothing to be quiet about.
    printResult(io, { ...flags, quiet: false }, document, () => textOf(cached, flags));
    tell(session, cached, budget);
    return 0;
  } finally {
    session.close();
  }
}

function documentOf({ granularity, workspace, entries, set, skipped }: Cached) {
  return {
    command: "ci-key",
    ok: true,
    exitCode: 0,
    granularity,
    workspace: workspace.dir,
    workspaceRule: workspace.rule,
    entries,
    set: { key: set.key, digest: set.digest, restorePrefix: set.restorePrefix, bytes: set.bytes },
    skipped,
  };
}

function textOf(cached: Cached, { shell, explain }: KeyFlags): string {
  const keys = cached.entries.map(({ key }) => key);
  if (explain) {
    const blocks = explainKeys(cached).map(
      ({ key, lines }) => `${key}\n${lines.map((line) => `  ${line}\n`).join("")}`,
    );
    return `${blocks.join("")}${notInKeys}\n`;
  }
  if (shell === undefined) return keys.map((key) => `${key}\n`).join("");
  if (cached.granularity === "model") return shellLines(shell, { keys });
  return shellLines(shell, { key: keys, "restore-prefix": [cached.set.restorePrefix ?? ""] });
}

function tell({ display }: Session, { entries, skipped }: Cached, budget: Budget): void {
  for (const ref of skipped) display.notice(`no key for ${ref}, which is optional and not there`);
  if (entries.length === 0) display.notice("There is no model to keep, and so no key.");
  if (budget.verdict === "near") {
    display.notice(`The models take ${describeBudget(budget)}: near the end of it (${budget.rule}).`);
  }
}
