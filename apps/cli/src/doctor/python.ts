import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isMissing, type Manifest } from "@preload/core";
import { type KnownModel, schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";
import type { Installed } from "./installed.ts";
import { trapFindings } from "./traps.ts";
import { isAtLeast } from "./versions.ts";

const { ok, note, warning, error } = on("python");

/** Traps of the library versions in the environment, as far as the known models step into them. */
export function pythonFindings(session: Session, known: readonly KnownModel[], installed: Installed): Finding[] {
  const pipelines = known.filter(({ ref }) => schemeOf(ref) === "spacy");
  if (!installed.venv) {
    return [
      note("no Python environment to look at", { fix: "Name one with --python, or activate it." }),
      ...unimportable(session, pipelines, installed),
    ];
  }
  const { venv, sitePackages: _, ...versions } = installed;
  const list = Object.entries(versions).map(([library, version]) => `${library} ${version}`);
  return [
    ok(`${venv}: ${list.join(", ") || "none of the libraries that load models"}`),
    ...trapFindings(session, known, installed),
    ...conversion(session, known, installed),
    ...whisperNames(known, installed),
    ...mismatches(pipelines, installed),
    ...unimportable(session, pipelines, installed),
  ];
}

function conversion(
  { machine: { env } }: Session,
  known: readonly KnownModel[],
  { transformers, torch }: Installed,
): Finding[] {
  const onlyBin = known.filter(({ manifest }) => manifest !== undefined && hasOnlyBin(manifest)).map(({ ref }) => ref);
  if (!transformers || onlyBin.length === 0) return [];
  const found: Finding[] = [];
  // Version 4 knows one word only.
  const words = isAtLeast(transformers, [5]) ? /^(true|1|y|yes|on)$/i : /^true$/i;
  if (!words.test(env.DISABLE_SAFETENSORS_CONVERSION ?? "") && isAtLeast(transformers, [4, 45])) {
    found.push(
      warning(`transformers ${transformers} asks a service to convert ${onlyBin.join(", ")} while online`, {
        why: "They have no safetensors; your token is sent along, and a second snapshot is fetched.",
        fix: "DISABLE_SAFETENSORS_CONVERSION=true, or `preload exec --offline`",
      }),
    );
  }
  if (torch && isAtLeast(transformers, [4, 57]) && !isAtLeast(torch, [2, 6])) {
    found.push(
      error(`torch ${torch} is too old for ${onlyBin.join(", ")}`, {
        why: `transformers ${transformers} opens a .bin only with torch 2.6 or later.`,
        fix: "pip install 'torch>=2.6'",
      }),
    );
  }
  return found;
}

function hasOnlyBin({ entries }: Manifest): boolean {
  const names = entries.flatMap((entry) => (entry.type === "link" ? [entry.path] : []));
  return (
    names.some((name) => /\/pytorch_model[^/]*\.bin$/.test(name)) &&
    !names.some((name) => name.endsWith(".safetensors"))
  );
}

// An older table knows fewer names, and gives `large` another meaning.
const since: readonly (readonly [file: string, version: readonly number[]])[] = [
  ["large-v3-turbo.pt", [20240930]],
  ["large-v3.pt", [20231106]],
  ["large-v2.pt", [20230117]],
];

function whisperNames(known: readonly KnownModel[], { "openai-whisper": version }: Installed): Finding[] {
  if (!version) return [];
  return known.flatMap(({ ref, manifest }) => {
    const [, first] = since.find(([file]) => file === manifest?.path) ?? [];
    if (!first || isAtLeast(version, first)) return [];
    return [
      warning(`openai-whisper ${version} does not know ${manifest?.path}`, {
        why: `It is older than the model, and would fetch another file for ${ref}.`,
        fix: `pip install 'openai-whisper>=${first[0]}'`,
      }),
    ];
  });
}

function mismatches(pipelines: readonly KnownModel[], { spacy }: Installed): Finding[] {
  const line = /^\d+\.\d+/.exec(spacy ?? "")?.[0];
  if (line === undefined) return [];
  return pipelines.flatMap(({ ref, manifest }) => {
    if (!manifest || manifest.revision.startsWith(`${line}.`)) return [];
    return [
      warning(`${ref} is version ${manifest.revision}, and spaCy is ${spacy}`, {
        why: "spaCy loads it with warning W095; its results are not promised to be right.",
        fix: "Leave the version to preload: `preload lock --upgrade` with --python, or `spacy: { version }` in the config.",
      }),
    ];
  });
}

/** spaCy itself looks nowhere but on Python's import path. */
function unimportable(
  { fetchers, machine }: Session,
  pipelines: readonly KnownModel[],
  installed: Installed,
): Finding[] {
  const dir = fetchers.spacy?.dir;
  if (!dir || pipelines.length === 0 || fetchers.spacy?.environment.prepend.PYTHONPATH === undefined) return [];
  if ((machine.env.PYTHONPATH ?? "").split(delimiter).includes(dir)) return [ok(`PYTHONPATH leads to ${dir}`)];
  if (installed.sitePackages && textAt(join(installed.sitePackages, "preload-spacy.pth")).trim() === dir) {
    return [ok(`${installed.venv} imports from ${dir}`)];
  }
  return [
    note(`Python does not import from ${dir} by itself`, {
      why: "spacy.load finds the pipelines only in programs started with `preload exec` or `preload env`.",
      fix: "`preload install --python .venv` makes an environment import from there for good.",
    }),
  ];
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return "";
    throw cause;
  }
}
