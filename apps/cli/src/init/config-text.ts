import type { Listed } from "./listed.ts";

const about = [
  "The models that this project needs. `preload` fetches and verifies them, and writes down in preload.lock exactly",
  "which ones: commit both. `preload ci` then installs what the lock says, and nothing else.",
];

/** A `preload.yaml` for these models, with the rest of what it may say in comments. */
export function yamlText(models: readonly Listed[]): string {
  const list = models.length > 0 ? models.flatMap(yamlItem) : ["models: []", ...exampleModels];
  return `${[
    ...about.map((line) => `# ${line}`),
    "",
    ...(models.length > 0 ? ["models:"] : []),
    ...list,
    "",
    ...more.map((line) => `# ${line}`.trimEnd()),
  ].join("\n")}\n`;
}

const exampleModels = [
  "# models:",
  "#   - whisper:tiny.en",
  "#   - spacy:en_core_web_sm",
  "#   - hf:facebook/bart-base",
];

const more = [
  "Several lists in place of `models`, which `-p NAME` chooses from:",
  "",
  "profiles:",
  "  test: [whisper:tiny.en]",
  "  production:",
  "    extends: test",
  "    models:",
  "      - ref: hf:facebook/bart-base",
  "        revision: main          # a branch, a tag or a commit",
  "        optional: true          # forgives terms that were not accepted, never a network error",
  "default: [test]",
  "",
  'spacy: { version: "3.8" }       # for pipelines: which spaCy they are for; or `python: .venv`',
  "endpoints: { hf: https://mirror.example }",
  "policy: { requireCommit: true, licenses: [apache-2.0, mit] }",
];

/** One model of a list in YAML, with its comment behind it. */
export function yamlItem({ ref, settings, comment }: Listed): string[] {
  const entries = Object.entries(settings);
  const behind = comment === "" ? "" : `  # ${oneLine(comment)}`;
  if (entries.length === 0) return [`  - ${scalar(ref)}${behind}`];
  return [`  - ref: ${scalar(ref)}${behind}`, ...entries.map(([name, value]) => `    ${name}: ${scalar(value)}`)];
}

// JSON is YAML. Without quotes only what no reader takes for a number, a date or a yes.
function scalar(value: unknown): string {
  return typeof value === "string" && /^(?!(?:true|false|yes|no|on|off|null)$)[A-Za-z][\w./:@+-]*[\w]$/i.test(value)
    ? value
    : JSON.stringify(value);
}

/** The table for a `pyproject.toml`. */
export function tomlText(models: readonly Listed[]): string {
  return `${[
    "[tool.preload]",
    ...about.map((line) => `# ${line}`),
    ...(models.length > 0 ? ["models = [", ...models.map(tomlItem), "]"] : ["models = []", ...tomlExample]),
  ].join("\n")}\n`;
}

const tomlExample = ['# models = ["whisper:tiny.en", "spacy:en_core_web_sm", "hf:facebook/bart-base"]'];

function tomlItem({ ref, settings, comment }: Listed): string {
  const entries = Object.entries({ ref, ...settings }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const item = entries.length === 1 ? JSON.stringify(ref) : `{ ${entries.join(", ")} }`;
  return `  ${item},${comment === "" ? "" : `  # ${oneLine(comment)}`}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
