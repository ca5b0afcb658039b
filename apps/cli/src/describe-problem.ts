import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, Problem, ProblemReason } from "@preload/core";
import { plain } from "./words.ts";

const words: Readonly<Record<ProblemReason, string>> = {
  missing: "missing",
  truncated: "cut off",
  corrupt: "corrupt",
  dangling: "dangling link",
  "wrong-link": "wrong link",
  "wrong-text": "wrong text",
  "in-the-way": "in the way",
  "wrong-kind": "wrong kind",
};

const widest = Math.max(...Object.values(words).map(({ length }) => length));

/** `cut off        snapshots/…/config.json  expected 1000 bytes, found 500 bytes` */
function describeProblem({ reason, path, expected, received }: Problem): string {
  const facts =
    expected === undefined && received === undefined
      ? ""
      : `  expected ${expected ?? "nothing"}${received === undefined ? "" : `, found ${received}`}`;
  return plain(`${words[reason].padEnd(widest)}  ${path}${facts}`);
}

/** True when nothing wrong is there: fetching what is not there mends it. */
export function isAbsence({ reason }: Problem): boolean {
  return reason === "missing" || reason === "dangling";
}

const most = 10;

/** The problems of one model as lines, and where they were looked for. Of what is not there at all, one line. */
export function describeProblems(
  problems: readonly Problem[],
  { dir, dirRule }: { readonly dir: string; readonly dirRule: string },
  { path }: Pick<Manifest, "path">,
  all = false,
): string[] {
  const [first = ""] = path.split("/", 1);
  if (problems.length > 1 && problems.every(isAbsence) && first !== "" && !existsSync(join(dir, first))) {
    return [`nothing of it in ${plain(dir)} (${plain(dirRule)})`];
  }
  const shown = all ? problems : problems.slice(0, most);
  const rest = problems.length - shown.length;
  return [
    ...shown.map(describeProblem),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    `in ${plain(dir)} (${plain(dirRule)})`,
  ];
}

/** A problem for programs. */
export function problemDocument({ reason, path, expected, received }: Problem) {
  return { reason, path, expected: expected ?? null, received: received ?? null };
}
