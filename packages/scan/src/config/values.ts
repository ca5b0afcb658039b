import { basename } from "node:path";
import type { ModelFinding } from "../finding.ts";
import { textsInEnv } from "./env.ts";
import { type Beside, modelOf } from "./known.ts";
import { textsInToml } from "./toml.ts";
import type { Written } from "./written.ts";
import { textsInYaml } from "./yaml.ts";

// A larger file of this kind holds data, not settings.
const most = 300_000;

/** The models that a config file names. Empty for a file of another kind. */
export function valuesIn(text: string, path: string, beside: Beside): ModelFinding[] {
  if (text.length > most || isForeign(path)) return [];
  return textsIn(text, path).flatMap((written): ModelFinding[] => {
    // The config of Preload says what is fetched, not what is used.
    if (written.keys[0] === "tool" && written.keys[1] === "preload") return [];
    const found = modelOf(written, beside);
    if (!found) return [];
    const { line, keys } = written;
    return [{ type: "model", file: path, line, by: keys.join("."), from: "value", ref: found.ref, options: {} }];
  });
}

export function isConfig(path: string): boolean {
  return /\.(ya?ml|toml|json|env)$|(^|\/)\.env(\.[\w.]+)?$/i.test(path);
}

function textsIn(text: string, path: string): Written[] {
  if (/\.(ya?ml|json)$/i.test(path)) return textsInYaml(text);
  if (path.endsWith(".toml")) return textsInToml(text);
  return textsInEnv(text);
}

/** Files of other tools, which name packages and schemas in the same form. */
function isForeign(path: string): boolean {
  return /^(package|tsconfig.*|jsconfig.*|.*\.schema|\.eslintrc|biome|turbo|lerna|nx|renovate|vercel|composer)\.json$|lock\.(json|ya?ml|toml)$|^(Cargo|netlify)\.toml$/i.test(
    basename(path),
  );
}
