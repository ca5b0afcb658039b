import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadConfig, PreloadError, readConfigText } from "@preload/core";
import type { Finding, UsedModel } from "@preload/scan";
import type { Invocation } from "../command-spec.ts";
import { type Rewrite, textAt } from "../edit/write-together.ts";
import { schemes } from "../fetchers.ts";
import type { Flags } from "../flags.ts";
import { workingDir } from "../session.ts";
import { count } from "../words.ts";
import { type Asker, answer } from "./answers.ts";
import { tomlText, yamlText } from "./config-text.ts";
import { gitattributesFor } from "./gitattributes.ts";
import { type Listed, listed } from "./listed.ts";

export interface NewConfigFlags extends Flags {
  readonly fromCode?: boolean;
  readonly pyproject?: boolean;
  readonly gitattributes?: boolean;
  readonly force?: boolean;
}

/** A config to start with, not written yet. */
export interface NewConfig {
  readonly path: string;
  readonly files: readonly Rewrite[];
  readonly models: readonly Listed[];
  /** For programs. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Asks what is left open, where somebody can answer. @throws PreloadError `USAGE` when there is a config already */
export async function newConfig({ io, flags, operands, signal }: Invocation<NewConfigFlags>): Promise<NewConfig> {
  const dir = workingDir(io, flags);
  await refuseExisting(dir, flags);
  const isAsking = !flags.yes && flags.fromCode !== true && io.stdin.isTTY === true && io.stderr.isTTY === true;
  const asker: Asker = { io, signal, isAsking };

  const isToml = await answer(
    {
      text: "There is a pyproject.toml. Write [tool.preload] there, and no preload.yaml?",
      said: flags.pyproject ?? (existsSync(join(dir, "pyproject.toml")) ? undefined : false),
      byDefault: false,
    },
    asker,
  );
  await refuseExisting(dir, { ...flags, pyproject: isToml });
  const found = flags.fromCode === false ? { models: [], unclear: [] } : await inCode(dir, operands, signal);
  tellFound(found, io, flags);
  const isTaken = await answer(
    {
      text: `List ${found.models.length === 1 ? "it" : "these"}?`,
      said: sayable(found.models, flags),
      byDefault: true,
    },
    asker,
  );
  const models = isTaken ? found.models.map(listed) : [];
  const config = await configAt(join(dir, isToml ? "pyproject.toml" : "preload.yaml"), models);
  const attributes = flags.gitattributes === false ? undefined : await gitattributesFor(dir);
  const isMarked =
    attributes !== undefined &&
    (await answer(
      {
        text: "Say in .gitattributes that preload.lock is generated, and not to be merged line by line?",
        said: flags.gitattributes,
        byDefault: true,
      },
      asker,
    ));
  return {
    path: config.path,
    files: [config, ...(isMarked ? [attributes] : [])],
    models,
    document: {
      config: config.path,
      gitattributes: isMarked ? attributes.path : null,
      models: (isTaken ? found.models : []).map(modelDocument),
      unclear: found.unclear,
    },
  };
}

interface Found {
  readonly models: readonly UsedModel[];
  readonly unclear: readonly Extract<Finding, { type: "unclear" }>[];
}

async function inCode(cwd: string, paths: readonly string[], signal: AbortSignal): Promise<Found> {
  const { modelsIn, scan } = await import("@preload/scan");
  const { findings } = await scan(paths.length > 0 ? paths : ["."], { cwd, signal });
  // Values of config files only look like models; a person adds these.
  const certain = findings.filter((finding) => finding.type === "model" && finding.from === "code");
  return { models: modelsIn(certain), unclear: findings.filter((finding) => finding.type === "unclear") };
}

function tellFound({ models, unclear }: Found, io: Invocation["io"], flags: Flags): void {
  if (flags.quiet) return;
  if (models.length > 0) io.stderr.write(`the code uses ${count(models.length, "model")}:\n`);
  for (const { ref, comment } of models.map(listed)) io.stderr.write(`  ${ref}  ${comment}\n`);
  if (unclear.length === 0) return;
  io.stderr.write(`${count(unclear.length, "place")} where it cannot be told which model is loaded:\n`);
  for (const { file, line, why } of unclear.slice(0, 5)) io.stderr.write(`  ${file}:${line}  ${why}\n`);
  if (unclear.length > 5) io.stderr.write(`  and ${unclear.length - 5} more\n`);
}

/** Nothing is asked about nothing. */
function sayable(models: readonly UsedModel[], { fromCode }: NewConfigFlags): boolean | undefined {
  return models.length === 0 ? false : fromCode;
}

async function refuseExisting(dir: string, { force, pyproject }: NewConfigFlags): Promise<void> {
  // A preload.yaml goes before any other config, so that nothing that is there can be in its way.
  if (force && !pyproject) return;
  const path = (await loadConfig({ cwd: dir, schemes }))?.path;
  if (path === undefined || (force && dirname(path) !== dir)) return;
  throw new PreloadError("USAGE", `there is a config already: ${path}`, {
    hint: force
      ? "Take it out first: pyproject.toml is read only where there is no other."
      : "`preload add REF` puts models into it; `preload init --force` writes a new preload.yaml.",
  });
}

/** Checked before it is written, as `preload` will read it. */
async function configAt(path: string, models: readonly Listed[]): Promise<Rewrite> {
  const before = await textAt(path);
  const isToml = path.endsWith(".toml");
  const start = isToml && before ? `${before.replace(/\n*$/, "\n")}\n` : "";
  const after = isToml ? `${start}${tomlText(models)}` : yamlText(models);
  await readConfigText(after, path, schemes);
  return { path, before, after };
}

function modelDocument({ ref, revisions, options, uses }: UsedModel) {
  return {
    ref,
    revisions: revisions.filter((revision) => revision !== undefined),
    options,
    uses: uses.map(({ file, line, by }) => ({ file, line, by })),
  };
}
