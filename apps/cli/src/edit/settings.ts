import { type Json, PreloadError, type RefOptions } from "@preload/core";

/**
 * What `--set` says of a model: `weights=bin`, `code=true`; one that is repeated is a list, and `size:=100` is JSON.
 *
 * @throws PreloadError `USAGE`
 */
export function optionsFrom(settings: readonly string[]): RefOptions {
  const options: Record<string, Json> = {};
  for (const setting of settings) {
    const [, name, sign, text = ""] = /^([A-Za-z][\w-]*)(:?=)(.*)$/s.exec(setting) ?? [];
    if (name === undefined || name === "ref") throw malformed(setting);
    const value = sign === ":=" ? json(text, setting) : text === "true" || text === "false" ? text === "true" : text;
    const before = options[name];
    options[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return options;
}

function json(text: string, setting: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw malformed(setting);
  }
}

function malformed(setting: string): PreloadError {
  return new PreloadError("USAGE", `--set ${setting} is not NAME=VALUE`, {
    hint: "For example --set weights=bin, --set optional=true, or --set size:=75571315 for what is no text.",
  });
}
