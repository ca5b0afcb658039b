import { PreloadError } from "@preload/core";
import { type CachePath, cachePaths, refuseLineBreaks } from "../ci/cache-paths.ts";
import { type Cached, cachedModels } from "../ci/cached-models.ts";
import type { Viewpoint } from "../ci/entries.ts";
import { shellLines } from "../ci/shell-lines.ts";
import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { openSession, type Session } from "../session.ts";
import { count } from "../words.ts";

interface PathFlags extends Flags {
  readonly workspace?: string;
  readonly present?: boolean;
  readonly files?: boolean;
  readonly relative?: boolean;
  readonly shell?: "github";
}

/** Prints what a CI has to keep. Makes no request. */
export async function run({ io, flags, operands, signal }: Invocation<PathFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const { workspace, present } = flags;
    const cached = await cachedModels(session, { refs: operands, workspace, present });
    const view = { workspace: cached.workspace.dir, machine: session.machine };
    const each = flags.files ? "file" : "folder";
    const paths = cachePaths(cached.resolutions, view, each);
    session.display.end();
    refuseLineBreaks(paths);
    const outside = paths.filter(isOutside);
    refuseOutside(outside, cached, session);
    const document = {
      command: "ci-paths",
      ok: true,
      exitCode: 0,
      workspace: cached.workspace.dir,
      workspaceRule: cached.workspace.rule,
      ...columns(paths),
      outside: outside.map(({ path }) => path),
      models: modelDocuments(cached, view, each),
      skipped: cached.skipped,
    };
    const lines = flags.relative ? document.relativePaths : document.paths;
    printResult(io, { ...flags, quiet: false }, document, () =>
      flags.shell === undefined ? lines.map((line) => `${line}\n`).join("") : shellLines(flags.shell, { paths: lines }),
    );
    for (const ref of cached.skipped) session.display.notice(`no path for ${ref}, which is optional and not there`);
    return 0;
  } finally {
    session.close();
  }
}

function modelDocuments({ models, resolutions }: Cached, view: Viewpoint, each: "file" | "folder") {
  return models.map(({ key, refs, ref }) => ({
    key,
    ref,
    refs,
    ...columns(
      cachePaths(
        resolutions.filter((resolution) => refs.includes(resolution.ref)),
        view,
        each,
      ),
    ),
  }));
}

function columns(paths: readonly CachePath[]) {
  return { paths: paths.map(({ path }) => path), relativePaths: paths.map(({ relativePath }) => relativePath) };
}

function isOutside({ relativePath }: CachePath): boolean {
  return /^(\.\.|\/|[A-Za-z]:)/.test(relativePath);
}

/** GitLab warns of such a path in the middle of a log, keeps nothing of it, and goes on. */
function refuseOutside(outside: readonly CachePath[], { workspace }: Cached, { machine }: Session): void {
  const [first] = outside;
  if (first === undefined || !machine.env.GITLAB_CI) return;
  const which = outside.length === 1 ? "it is" : `${count(outside.length, "path")} are`;
  throw new PreloadError(
    "BAD_CONFIG",
    `${first.path}: ${which} outside of ${workspace.dir}, and GitLab keeps nothing that is`,
    { hint: "Put all caches into the project: cacheRoot: .preload in the config, or --cache-root .preload." },
  );
}
