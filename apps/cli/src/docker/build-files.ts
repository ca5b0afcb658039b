import { existsSync } from "node:fs";
import { basename, relative, resolve, sep } from "node:path";
import { PreloadError } from "@preload/core";
import { refuseDrift } from "../frozen.ts";
import type { Session } from "../session.ts";
import type { Recipe } from "./recipe.ts";

/** The folder that the build gets to see: the project's, unless another one is named. */
export function contextOf({ machine, config }: Session, context: string | undefined): string {
  return context === undefined ? config.dir : resolve(machine.cwd, context);
}

/** The config and the lock, as the build finds them. @throws PreloadError `DRIFT` unless the lock says what the config does */
export function filesFor(session: Session, context: string): Recipe["files"] {
  refuseDrift(session);
  refuseSitePackages(session);
  return [fileIn(context, session.config.path ?? ""), fileIn(context, session.lockPath)];
}

function fileIn(context: string, path: string): string {
  const inside = posixPath(relative(context, path));
  if (inside.startsWith("../") || resolve(context, inside) !== path) {
    throw new PreloadError("USAGE", `${path} is outside of the build context ${context}`, {
      hint: "Name a folder above both with --context: the one that the build is given.",
    });
  }
  if (/^[\w./@+-]+$/.test(inside)) return inside;
  throw new PreloadError("USAGE", `${JSON.stringify(inside)} cannot stand in a Dockerfile`, {
    hint: "Give it a name of letters, digits, `.`, `_` and `-`.",
  });
}

/** The Dockerfile that is meant where none is named. */
export function defaultFile(context: string): string {
  const [first = "Dockerfile", ...others] = ["Dockerfile", "Containerfile"];
  return resolve(
    context,
    others.find((name) => !existsSync(resolve(context, first)) && existsSync(resolve(context, name))) ?? first,
  );
}

export function noDockerfile(path: string): PreloadError {
  return new PreloadError("USAGE", `${path} does not exist`, {
    hint: `Begin ${basename(path)} with the image that your program needs (FROM docker.io/library/python:3.13-slim), or print what to put into it: \`preload docker\`.`,
  });
}

/** What is installed into an environment of this machine is not in the image, where nothing would install it. */
function refuseSitePackages({ config }: Session): void {
  if (config.sections.spacy?.into !== "site-packages") return;
  throw new PreloadError(
    "BAD_CONFIG",
    `${config.path}: spacy: into is site-packages, and the image has no such environment`,
    {
      hint: "Leave `into` out: in the image, pipelines lie in a folder of their own, which is on the PYTHONPATH.",
    },
  );
}

/** With `/`, as a Dockerfile has it. */
export function posixPath(path: string): string {
  return path.split(sep).join("/");
}
