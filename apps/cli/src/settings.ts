import { type Config, didYouMean, type Json, PreloadError } from "@preload/core";

/** What one setting may be, in the words of JSON Schema, which editors are given as it stands. */
interface Setting {
  readonly type: readonly ("string" | "number")[];
  readonly enum?: readonly string[];
  readonly description: string;
}

const dir: Setting = { type: ["string"], description: "The directory: absolute, with ~, or relative to the config" };

/** What the config may say of an ecosystem as a whole; one that is not here has its directory alone. */
const own: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  spacy: {
    dir,
    version: { type: ["string", "number"], description: "The spaCy that pipelines are chosen for, such as 3.8" },
    python: { type: ["string"], description: "The environment whose spaCy they are for: a folder, or its python" },
    into: {
      type: ["string"],
      enum: ["shared", "site-packages"],
      description: "Where they go: one directory for all environments, or the site-packages of `python`",
    },
  },
  url: { dir: { ...dir, description: "The directory, a folder of the project" } },
};

/** The settings of an ecosystem. */
export function settingsOf(scheme: string): Readonly<Record<string, Setting>> {
  return own[scheme] ?? { dir };
}

/** @throws PreloadError `BAD_CONFIG` for a setting that does not exist, or a value that it cannot take */
export function refuseUnknownSettings({ sections, path }: Config): void {
  for (const [scheme, section] of Object.entries(sections)) {
    const known = settingsOf(scheme);
    for (const [name, value] of Object.entries(section)) {
      const setting = Object.hasOwn(known, name) ? known[name] : undefined;
      if (setting === undefined) {
        throw new PreloadError("BAD_CONFIG", `${path}: ${scheme}: there is no setting ${JSON.stringify(name)}`, {
          hint: didYouMean(name, Object.keys(known)),
        });
      }
      if (!fits(value, setting)) {
        throw new PreloadError("BAD_CONFIG", `${path}: ${scheme}: ${name} cannot be ${JSON.stringify(value)}`, {
          hint: `It is ${setting.enum ? setting.enum.join(" or ") : `a ${setting.type.join(" or a ")}`}.`,
        });
      }
    }
  }
}

function fits(value: Json | undefined, { type, enum: values }: Setting): boolean {
  if (!type.some((name) => typeof value === name)) return false;
  return values === undefined || values.includes(value as string);
}
