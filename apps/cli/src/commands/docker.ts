import { relative, resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { difference } from "../difference.ts";
import { contextOf, defaultFile, filesFor, noDockerfile, posixPath } from "../docker/build-files.ts";
import { cachesIn } from "../docker/caches-in-context.ts";
import { type ChoiceFlags, choicesIn, recorded } from "../docker/choices.ts";
import { headIn, userIn, withParts } from "../docker/dockerfile.ts";
import { ignoreFileOf, withRules } from "../docker/ignore-file.ts";
import { imageVariables } from "../docker/image-variables.ts";
import { unprovenUser } from "../docker/last-user.ts";
import { lockedLayers } from "../docker/layers.ts";
import { type Choices, defaults, type Recipe } from "../docker/recipe.ts";
import { finalPart, stages } from "../docker/stages.ts";
import { textAt, writeTogether } from "../edit/write-together.ts";
import { assignments } from "../environment/shells.ts";
import { explain } from "../explain.ts";
import { type Flags, user } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession, refuseUnknownSources, type Session } from "../session.ts";
import { version } from "../version.ts";
import { plain } from "../words.ts";

interface DockerFlags extends Flags, ChoiceFlags {
  readonly context?: string;
  /** True where no file is named. */
  readonly write?: string | true;
  readonly check?: string | true;
}

/** Prints what a Dockerfile needs to hold the models of the lock, or keeps one up to date. Makes no request. */
export async function run({ io, flags, signal }: Invocation<DockerFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const file = flags.write ?? flags.check;
    if (file === undefined) return await print(session, flags);
    return await keep(session, flags, file);
  } finally {
    session.close();
  }
}

async function print(session: Session, flags: DockerFlags): Promise<number> {
  const { io } = session;
  const files = filesFor(session, contextOf(session, flags.context));
  const recipe = await recipeFor(session, { ...defaults, ...given(flags) }, files);
  const [above, below] = [stages(recipe), finalPart(recipe)];
  printResult(io, { ...flags, quiet: false }, documentOf(recipe, []), () =>
    above === "" ? below : `${above}\n# And in the stage of your program, behind what it installs:\n${below}`,
  );
  return 0;
}

/** Writes the Dockerfile and what is left out of its context, or says what would change. */
async function keep(session: Session, flags: DockerFlags, file: string | true): Promise<number> {
  const { io, machine } = session;
  const context = contextOf(session, flags.context);
  const files = filesFor(session, context);
  const path = file === true ? defaultFile(context) : resolve(machine.cwd, file);
  const before = await textAt(path);
  if (before === undefined) throw noDockerfile(path);
  const recipe = await recipeFor(session, choicesFor(before, path, flags), files);
  const parts = { stages: stages(recipe), models: finalPart(recipe), head: recorded(recipe) };
  const after = withParts(before, parts, path);
  warnOfUser(session, after, recipe, path);
  const ignorePath = ignoreFileOf(context, path, recipe.flavor);
  const ignored = await textAt(ignorePath);
  const rewrites = [
    { path, before, after },
    {
      path: ignorePath,
      before: ignored,
      after: withRules(ignored ?? "", ignorePath, recipe.files, (isIgnored) =>
        cachesIn(context, session.fetchers, isIgnored),
      ),
    },
  ];
  const changes = rewrites.map((one) => ({
    path: one.path,
    changed: one.before !== one.after,
    diff: difference(posixPath(relative(context, one.path)), one.before ?? "", one.after),
  }));
  const changed = changes.filter((one) => one.changed);
  const isDrift = flags.check !== undefined && changed.length > 0;
  if (flags.check === undefined) await writeTogether(rewrites);
  printResult(io, flags, documentOf(recipe, changes, isDrift ? 8 : 0), () =>
    flags.check === undefined
      ? changes.map((one) => `${one.changed ? "wrote" : "unchanged"} ${plain(one.path)}\n`).join("")
      : changed.map(({ diff }) => diff).join(""),
  );
  if (!isDrift) return 0;
  const error = new PreloadError("DRIFT", `${changed.map((one) => plain(one.path)).join(" and ")} would change`, {
    hint: `Run \`preload docker --write${file === true ? "" : ` ${plain(file)}`}\` and commit it.`,
  });
  session.display.write("stderr", explain(error, io));
  return 8;
}

/** The last step verifies as one user, and an image without models has no such step. */
function warnOfUser({ display }: Session, text: string, { user: owner, layers }: Recipe, path: string): void {
  const why = layers.length === 0 ? undefined : unprovenUser(text, owner, path);
  if (why === undefined) return;
  display.notice(`warning ${path}: its models are verified as ${owner.uid}:${owner.gid}, and ${plain(why)}`);
}

/** What the flags say, then what the block was written with, then what the Dockerfile says, then what is usual. */
function choicesFor(text: string, path: string, flags: DockerFlags): Choices {
  const head = headIn(text, path);
  if (head !== undefined) return { ...defaults, ...choicesIn(head, path), ...given(flags) };
  if (flags.user) return { ...defaults, ...given(flags) };
  const named = userIn(text, path)?.replace(/^root(?::root)?$/, "0:0");
  if (named !== undefined && !/^\d+(?::\d+)?$/.test(named)) throw noNumber(named, path);
  return { ...defaults, ...(named === undefined ? {} : { user: user(named) }), ...given(flags) };
}

function noNumber(named: string, path: string): PreloadError {
  const isVariable = named.includes("$");
  const what = isVariable ? "a variable" : "a name";
  return new PreloadError(
    "USAGE",
    `${path}: its user ${JSON.stringify(named)} is ${what}, and files are given to numbers`,
    {
      hint: `Say which they are: --user 1000:1000. ${isVariable ? "`id -u` and `id -g`" : `\`id ${named.split(":")[0]}\``} in the image print them.`,
    },
  );
}

function given({ flavor, source, user, to, nodeImage, profile, only }: DockerFlags): Partial<Choices> {
  const all = { flavor, source, user, to, nodeImage, profile, only };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function recipeFor(session: Session, choices: Choices, files: Recipe["files"]): Promise<Recipe> {
  const { profile, only } = choices;
  refuseUnknownSources(only);
  const flags = { ...session.flags, ...(profile ? { profile } : {}), ...(only ? { only } : {}) };
  const chosen = { ...session, flags };
  const { layers, lockDigest } = await lockedLayers(chosen);
  const variables = imageVariables(chosen, choices.to);
  return {
    ...choices,
    version,
    layers,
    lockDigest,
    files,
    environment: assignments("docker", variables, {}),
  };
}

function documentOf(recipe: Recipe, files: readonly object[], exitCode = 0) {
  const { flavor, source, user, to, nodeImage, layers, lockDigest } = recipe;
  return {
    ...{ command: "docker", ok: exitCode === 0, exitCode },
    ...{ flavor, source, user, to, nodeImage, models: layers, lockDigest },
    ...{ stages: stages(recipe), final: finalPart(recipe), files },
  };
}
