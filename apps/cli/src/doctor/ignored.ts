import { closest } from "@preload/core";
import { schemes } from "../fetchers.ts";
import { variableNames } from "../flags.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";

const { warning, error } = on("variables");

/** Variables that look as if they said something, and that nobody reads. */
export function ignoredFindings({ machine: { env } }: Session): Finding[] {
  const set = (name: string) => env[name] !== undefined && env[name] !== "";
  return [
    ...Object.keys(env)
      .filter((name) => name.startsWith("PRELOAD_") && set(name))
      .flatMap(unknownOfOurs),
    ...lookalikes.flatMap(({ names, reader, instead }) =>
      names.filter(set).map((name) =>
        warning(`${name} is read by no version of ${reader}`, {
          why: "What it says is ignored; programs that read it themselves may still do.",
          fix: instead,
        }),
      ),
    ),
    ...strangeTokens(set),
    ...numbers
      .filter((name) => set(name) && !/^\s*[+-]?\d+\s*$/.test(env[name] ?? ""))
      .map((name) =>
        error(`${name} is ${JSON.stringify(env[name])}`, {
          why: "huggingface_hub takes whole seconds only, and cannot even be imported with anything else.",
          fix: `${name}=30`,
        }),
      ),
  ];
}

const ours = [
  ...variableNames,
  ...schemes.map((scheme) => `PRELOAD_${scheme.toUpperCase()}_ENDPOINT`),
  // Of those that no client has a directory for.
  "PRELOAD_GGML_DIR",
  "PRELOAD_URL_DIR",
];

function unknownOfOurs(name: string): Finding[] {
  if (ours.includes(name)) return [];
  const meant = closest(name, ours);
  return [
    warning(`${name} is no variable of preload's`, {
      why: "What it says is ignored.",
      fix: meant ? `${meant}, if that is meant` : "`preload help environment` lists them.",
    }),
  ];
}

const lookalikes = [
  {
    names: ["HF_CACHE", "HF_CACHE_DIR", "HF_CACHE_HOME", "HF_HUB_CACHE_DIR", "HUGGINGFACE_CACHE", "HUGGINGFACE_HOME"],
    reader: "huggingface_hub",
    instead: "Set HF_HOME, or HF_HUB_CACHE for the models alone.",
  },
  {
    names: ["WHISPER_CACHE", "WHISPER_CACHE_DIR", "WHISPER_HOME", "WHISPER_MODEL_DIR"],
    reader: "openai-whisper",
    instead: "Pass download_root to load_model, or set XDG_CACHE_HOME.",
  },
  {
    names: ["SPACY_DATA", "SPACY_DATA_DIR", "SPACY_DATA_PATH", "SPACY_CACHE_DIR", "SPACY_HOME"],
    reader: "spaCy 3",
    instead: "Put the pipelines' directory on PYTHONPATH: `preload env`.",
  },
] as const;

const tokens = ["HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_API_TOKEN", "HF_API_KEY", "HUGGINGFACEHUB_API_TOKEN"];

/** Where a token is that is read, another name does no harm. */
function strangeTokens(set: (name: string) => boolean): Finding[] {
  if (set("HF_TOKEN") || set("HUGGING_FACE_HUB_TOKEN")) return [];
  return tokens.filter(set).map((name) =>
    warning(`${name} holds a token that huggingface_hub does not read`, {
      why: "Gated and private models are refused as if there were none.",
      fix: `HF_TOKEN="$${name}"`,
    }),
  );
}

const numbers = ["HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"];
