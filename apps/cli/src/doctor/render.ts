import type { Painter } from "../paint.ts";
import { count, plain } from "../words.ts";
import type { Finding, Topic } from "./finding.ts";

const titles: readonly (readonly [Topic, string])[] = [
  ["config", "Config"],
  ["machine", "Machine"],
  ["directories", "Directories"],
  ["caches", "Caches"],
  ["variables", "Variables"],
  ["token", "Token of the Hub"],
  ["network", "Network"],
  ["python", "Python"],
];

/** The findings by topic, for people. */
export function renderFindings(findings: readonly Finding[], paint: Painter): string {
  const sections = titles.flatMap(([topic, title]) => {
    const found = findings.filter((finding) => finding.topic === topic);
    return found.length === 0
      ? []
      : [`${paint.bold(title)}\n${found.map((finding) => lines(finding, paint)).join("")}`];
  });
  return `${sections.join("\n")}\n${verdict(findings)}\n`;
}

function lines({ level, what, why, fix }: Finding, paint: Painter): string {
  const colour = { ok: paint.green, note: paint.cyan, warning: paint.yellow, error: paint.red }[level];
  const details = [...(why ? [why] : []), ...(fix ? [`Fix: ${fix}`] : [])];
  return `  ${colour(level.padEnd(7))}  ${plain(what)}\n${details.map((text) => `           ${paint.dim(plain(text))}\n`).join("")}`;
}

function verdict(findings: readonly Finding[]): string {
  const of = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  if (of("error") > 0)
    return `${count(of("error"), "error")}, ${count(of("warning"), "warning")}: models will not be found, or cannot be fetched.`;
  return of("warning") > 0 ? `No error, ${count(of("warning"), "warning")}.` : "All is well.";
}
