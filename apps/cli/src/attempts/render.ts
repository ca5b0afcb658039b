import { basename } from "node:path";
import { painter } from "../paint.ts";
import type { Session } from "../session.ts";
import { bytes, count, plainLine } from "../words.ts";
import type { CacheChange, Outcome } from "./outcome.ts";
import { lineOf } from "./words.ts";

const mostLines = 20;

/** The end of a run, for people; nothing when there is nothing to say. */
export function render(outcome: Outcome, session: Session): string {
  const { io } = session;
  const paint = painter(io.stderr, io.env);
  const { ran, findings, changes, fails } = outcome;
  const told = [
    ...findings.flatMap((finding) => [lineOf(finding, session), ...stackOf(finding.stack, session)]),
    ...changes.map((change) => changeLine(change, session)),
  ];
  if (told.length === 0) return "";
  const most = session.flags.verbose === true ? told.length : mostLines;
  const lines = [
    ...told.slice(0, most).map((line) => `  ${line}`),
    ...(told.length > most ? [`  and ${told.length - most} more (-v shows all)`] : []),
    ...(fails.attempts && ran.code === 0
      ? [paint.dim("  --tolerate reports attempts, and does not fail the run")]
      : []),
  ];
  const isFailure = fails.attempts || fails.changes;
  const title = headline(outcome);
  return `${isFailure ? paint.red(`preload: ${title}`) : `preload: ${title}`}\n${lines.join("\n")}\n`;
}

function headline({ findings, changes, ran }: Outcome): string {
  const attempts = findings.reduce((sum, { times }) => sum + times, 0);
  const tries =
    attempts === 0
      ? []
      : [`${count(attempts, "attempt")} to reach the network${ran.network === "cut" ? ", all refused" : ""}`];
  const cached = changes.length === 0 ? [] : [`the caches changed by ${count(changes.length, "model")}`];
  return [...tries, ...cached].join("; ");
}

/** Where it was asked, for who wants to know more. */
function stackOf(stack: readonly string[], { flags }: Session): string[] {
  return flags.verbose === true ? stack.map((frame) => `    at ${plainLine(frame)}`) : [];
}

function changeLine({ ref, dir, bytes: size, change, isLocked, tests }: CacheChange, { lockPath }: Session): string {
  const by = tests.length === 0 ? "" : ` by ${tests.join(", ")}`;
  const advice = isLocked ? "" : `: not in ${basename(lockPath)}, add it with \`preload add ${ref}\``;
  switch (change) {
    case "added":
      return plainLine(`${ref} was downloaded${by} (${bytes(size)}, to ${dir})${advice}`);
    case "grown":
      return plainLine(`${ref} grew${by} by ${bytes(size)} in ${dir}${advice}`);
    case "shrunk":
      return plainLine(`${ref} lost ${bytes(size)}${by} in ${dir}: \`preload verify\` says what is missing`);
    case "removed":
      return plainLine(
        `${ref} was removed${by} (${bytes(size)}, from ${dir})${isLocked ? ": `preload install` brings it back" : ""}`,
      );
  }
}
