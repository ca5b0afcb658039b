import { basename } from "node:path";
import type { Session } from "../session.ts";
import { count, plainLine, shortRevision } from "../words.ts";
import { type Finding, isUsual } from "./findings.ts";

/** `tests/test_sum.py::test_led asked huggingface.co for allenai/led-base-16384 config.json, 2 times: not in ${lock}, …`: one line. */
export function lineOf(finding: Finding, session: Session): string {
  const why = whyOf(finding, session);
  const often = finding.times > 1 ? `, ${finding.times} times` : "";
  return plainLine(
    `${whoOf(finding)} asked ${placeOf(finding)}${whatOf(finding)}${often}${why === "" ? "" : `: ${why}`}`,
  );
}

function whoOf({ test, program }: Finding): string {
  return test ?? program ?? "a program";
}

/** A port that everybody expects says nothing. */
function placeOf({ host, port }: Finding): string {
  return port === undefined || isUsual(port) ? host : `${host}:${port}`;
}

function whatOf({ model, paths, what }: Finding): string {
  if (model === undefined) {
    const whose = what === undefined ? "" : ` (${what})`;
    return paths.length === 0 ? whose : ` for ${listed(paths)}${whose}`;
  }
  const revision = model.revision === undefined || model.revision === "main" ? "" : `@${shortRevision(model.revision)}`;
  const name = model.ref.replace(/^hf:/, "") + revision;
  return model.files.length === 0 ? ` for ${name}` : ` for ${name} ${listed(model.files)}`;
}

function listed(names: readonly string[]): string {
  const [first = "", second, ...more] = names;
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${count(more.length, "other")}`;
}

/** Why it had to, and the next step. */
function whyOf({ model, host, what, paths, cause }: Finding, session: Session): string {
  const lock = basename(session.lockPath);
  switch (cause.reason) {
    case "NO_MODEL":
      return isTelemetry(host, paths)
        ? "no model; DO_NOT_TRACK=1 keeps it from asking"
        : what === undefined
          ? ""
          : "no model";
    case "NOT_LOCKED":
      if (cause.isInConfig) return `in ${configOf(session)}, and not in ${lock}: run \`preload install\``;
      return `not in ${lock}, add it with \`preload add ${refToAdd(model)}\``;
    case "OTHER_REVISION":
      return `${lock} has it at ${cause.locked.map(shortRevision).join(", ")}; name one revision in the program and in ${configOf(session)}`;
    case "LEFT_OUT":
      return `${lock} has the model without ${cause.files.length === 1 ? "that file" : "those files"}; \`include\` or \`for: all\` in ${configOf(session)} adds ${cause.files.length === 1 ? "it" : "them"}`;
    case "NOT_INSTALLED": {
      const elsewhere = cause.elsewhere.length === 0 ? "" : `; it is also in ${cause.elsewhere.join(", ")}`;
      return `in ${lock}, and not all in ${cause.dir}: run \`preload install\`${elsewhere}`;
    }
    case "INSTALLED":
      return `all of it is in ${cause.dir} (${cause.dirRule}), so the program looks elsewhere, or asks before it looks`;
  }
}

function refToAdd(model: Finding["model"]): string {
  const { ref = "", revision } = model ?? {};
  return revision === undefined || revision === "main" ? ref : `${ref}@${revision}`;
}

function configOf({ config }: Session): string {
  return config.path === undefined ? "a preload.yaml" : basename(config.path);
}

/** The Hub's own clients count what is loaded, and look for news. */
function isTelemetry(host: string, paths: readonly string[]): boolean {
  return host === "huggingface.co" && paths.some((path) => /^\/api\/(telemetry|agent-harnesses)(\/|$)/.test(path));
}
