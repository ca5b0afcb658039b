import type { RefOptions } from "@preload/core";
import { yamlItem } from "../init/config-text.ts";
import type { Listed } from "../init/listed.ts";
import { count, plain } from "../words.ts";
import type { Findings, FoundModel } from "./findings.ts";

/** The findings as a piece of `preload.yaml`: what is no part of a config is a comment. */
export function renderFindings(findings: Findings, config: string | undefined): string {
  const lines = findings.models.flatMap(({ line }) => (line === undefined ? [] : [line]));
  return [
    `# ${summary(findings.models, config)}${lines.length === 0 ? "" : `; ${lines.length === 1 ? "this brings it" : "these bring them"}:`}`,
    ...(lines.length === 0 ? [] : ["models:", ...lines.flatMap(yamlItem), ...addLines(lines).map((add) => `# ${add}`)]),
    ...remarks(findings).map((remark) => `# ${remark}`),
  ]
    .map((line) => `${plain(line)}\n`)
    .join("");
}

/** How many models, and whether the config has them. */
export function summary(models: readonly FoundModel[], config: string | undefined): string {
  const used = `the command used ${count(models.length, "model")}`;
  if (models.length === 0) return "the command used no model that could be seen";
  if (config === undefined) return used;
  const lacking = models.filter(({ line }) => line !== undefined).length;
  if (lacking === 0) return `${used}, and ${config} has ${models.length === 1 ? "it" : "all of them"}`;
  return `${used}, and ${config} lacks ${lacking === models.length ? (lacking === 1 ? "it" : "all of them") : lacking}`;
}

function remarks({ absent, unused = [], unnamed, others }: Findings): string[] {
  return [
    ...said("asked for, and not there", absent),
    ...said(
      "could not be named, since only the host was seen",
      unnamed.map(({ host, what }) => (what === undefined ? host : `${host} (${what})`)),
    ),
    ...said(
      "no models",
      others.map(({ host, requests }) => `${host} (${count(requests, "request")})`),
    ),
    ...said(
      "in the config, never asked for over the network, and not seen to be opened",
      unused.map(({ ref, profiles }) => `${ref} (${profiles.join(", ")})`),
    ),
    ...(unused.length === 0 ? [] : [notSeen]),
  ];
}

const notSeen =
  "  (seen is what Python and Node open themselves; not what native code opens, or a program that takes no guard)";

function said(what: string, things: readonly string[]): string[] {
  return things.length === 0 ? [] : [`${what}: ${things.join(", ")}`];
}

/** The command lines that put these models into the config: one for all that need no options. */
export function addLines(lines: readonly Listed[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { ref, settings } of lines) {
    const options = settingsOf(settings);
    groups.set(options, [...(groups.get(options) ?? []), quoted(ref)]);
  }
  return [...groups].map(([options, refs]) => `preload add ${refs.join(" ")}${options}`);
}

function settingsOf(settings: RefOptions): string {
  const all = Object.entries(settings).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ` --set ${quoted(`${name}=${one}`)}`),
  );
  return all.join("");
}

function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
